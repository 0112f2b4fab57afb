"""Cases of XML, B51 to B57: the safeguarding returns."""

from __future__ import annotations

from svu_pipeline_tests.bad_input.case import SENTINEL, A, Case, F, N, R, file

RETURN = "safeguarding/safeguarding_20240102.xml"
NIL = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def contact(number: int = 1, *, more: str = "", partner: str = "<partner>SOCIAL_CARE</partner>") -> str:
    """A contact element; the sentinel is the surname."""
    return (
        f'<contact id="SG{number}" version="1"><person><pnc-id/><surname>{SENTINEL}</surname><forenames>Zo\u00eb</forenames>'
        "<date-of-birth>2008-02-29</date-of-birth><sex>F</sex><postcode/></person><contacted-on>2023-09-13</contacted-on>"
        "<unit>SVU_PPP</unit><district>E07000073</district><operation/><kind>CHILD_REFERRAL</kind>"
        f"<outcome>SAFEGUARDED</outcome>{partner}<premises-ref/>{more}</contact>"
    )


def day(body: str, count: int = 1, *, opening: str = "", attributes: str = "", date: str = "2024-01-02") -> bytes:
    """A day's return."""
    root = f'<safeguarding-return force="42" date="{date}" count="{count}"{attributes}>'
    return f"{opening}{root}{body}</safeguarding-return>".encode()


def refused(row: str, what: str, content: bytes, code: str) -> Case:
    return Case(row, what, "safeguarding", file(RETURN, content), F, code)


def accepted(row: str, what: str, content: bytes, **values: str | None) -> Case:
    return Case(row, what, "safeguarding", file(RETURN, content), A, dataset="contact", values={"id": "SG1", **values})


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
DEEP = "<person>" * 60 + "</person>" * 60

CASES = (
    refused("B51", "a file of no bytes", b"", "empty_file"),
    refused("B51", "half a return", day(contact())[:-40], "malformed"),
    refused("B51", "an element never closed", day(contact().replace("</kind>", "")), "malformed"),
    refused("B51", "two roots", day(contact()) * 2, "malformed"),
    refused("B52", "a billion laughs", day(contact(), opening=f"<!DOCTYPE r [{LAUGHS}]>"), "forbidden_dtd"),
    refused("B52", "one long entity many times", day("&a;" * 9, opening=f'<!DOCTYPE r [<!ENTITY a "{"x" * 9999}">]>'),
            "forbidden_dtd"),
    refused("B52", "an external entity",
            day("&a;", opening='<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "forbidden_dtd"),
    refused("B52", "a document type", day(contact(), opening='<!DOCTYPE r SYSTEM "http://localhost/r.dtd">'),
            "forbidden_dtd"),
    refused("B53", "UTF-8 that is Windows-1252",
            day(contact(), opening='<?xml version="1.0" encoding="UTF-8"?>').replace("\u00eb".encode(), b"\xeb"),
            "wrong_encoding"),
    refused("B53", "UTF-16 that is UTF-8", day(contact(), opening='<?xml version="1.0" encoding="UTF-16"?>'),
            "wrong_encoding"),
    accepted("B53", "Windows-1252 that says so",
             day(contact(), opening='<?xml version="1.0" encoding="windows-1252"?>').replace(
                 "\u00eb".encode(), b"\xeb"), forenames="Zo\u00eb"),
    refused("B54", "another namespace", day(contact(), attributes=' xmlns="urn:return:2"'), "schema_drift"),
    refused("B54", "another root", b"<return/>", "schema_drift"),
    refused("B54", "a required element renamed",
            day(contact().replace("contacted-on>", "contact-date>")), "schema_drift"),
    refused("B54", "a record renamed", day(contact().replace("contact ", "visit ").replace("</contact>", "</visit>"),
                                           count=0), "schema_drift"),
    accepted("B55", "an optional element missing", day(contact(partner="")), partner=None),
    accepted("B55", "an optional element empty", day(contact(partner="<partner/>")), partner=None),
    Case("B55", "an optional element that is nil", "safeguarding",
         file(RETURN, day(contact(partner=f'<partner {NIL} xsi:nil="true"/>'))), N, "nil", dataset="contact",
         values={"partner": None}, why="all three read as null (sources.md); the landed text keeps them apart"),
    Case("B56", "a single-valued element twice", "safeguarding",
         file(RETURN, day(contact(more="<outcome>DECLINED</outcome>"))), R, "multiple_values", dataset="contact"),
    refused("B57", "nested sixty deep", day(contact(more=DEEP)), "limit"),
    refused("B57", "a text of more than a megabyte", day(contact(partner=f"<partner>{'x' * 1_100_000}</partner>")),
            "limit"),
)  # fmt: skip
