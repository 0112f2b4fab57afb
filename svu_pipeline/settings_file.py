"""The settings file as typed settings, checked by pydantic: every word known, every secret by name only.

```toml
[sources.custody]
owner = "Custody systems team"
expected_every_days = 1
place = { url = "postgresql://db.example:5432/custody", user = "svu_reader", password = { env = "CUSTODY_PASSWORD" } }

[sources.warrants.shapes.warrant]
table = "Register of warrants"
names = { warrant_no = "Reference" }

[sources.warrants.codes.warrant]
status = { DONE = "EXECUTED" }

[tolerances."warrant.executed__executed_outside_authority"]
by = "share"
warn = 1
fail = 3.5

[linking]
truth = ["who_is_who.csv"]

[[breaks]]
on = 2023-04-01
words = "The unit took over the work of the Brentwood team."
units = ["RAPTOR_WEST"]

[review]
story = "OP23-0007"
```
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, ValidationError

from svu_pipeline.disclosure.policy import DisclosureSettings
from svu_pipeline.quality.tolerance import Measure, Tolerance
from svu_pipeline.settings import (
    ComparisonSettings,
    DeclaredBreak,
    LinkingSettings,
    ReleaseSettings,
    ReviewSettings,
    SourceSettings,
)
from svu_pipeline.sources.place import ApiPlace, FolderPlace, Place, PostgresPlace, Secret, SftpPlace

SourceName = Literal[
    "custody", "case_file", "courts", "property", "asset_recovery", "warrants", "safeguarding", "civil_orders",
    "operations", "police_uk",
]  # fmt: skip
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _Secret(_Strict):
    env: Text | None = None
    file: Path | None = None

    def made(self, beside: Path) -> Secret:
        return Secret(self.env or "", beside / self.file if self.file else None)


class _Folder(_Strict):
    path: Path

    def made(self, beside: Path) -> Place:
        return FolderPlace((beside / self.path).absolute())


class _Postgres(_Strict):
    url: Annotated[str, StringConstraints(pattern=r"^postgresql://[^@]+$")]
    user: Text
    password: _Secret | None = None
    schema_name: Annotated[Text, Field(alias="schema")] = "public"
    statement_timeout_seconds: Annotated[int, Field(gt=0)] = 600

    def made(self, beside: Path) -> Place:
        password = self.password.made(beside) if self.password else None
        return PostgresPlace(self.url, self.user, password, self.schema_name, self.statement_timeout_seconds)


class _Api(_Strict):
    url: Annotated[str, StringConstraints(pattern=r"^(https://[^@]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/.*)?)$")]
    client_id: Text
    client_secret: _Secret
    page_size: Annotated[int, Field(gt=0)] = 500
    timeout_seconds: Annotated[float, Field(gt=0)] = 30.0
    patience_seconds: Annotated[float, Field(gt=0)] = 600.0
    ca_file: Path | None = None

    def made(self, beside: Path) -> Place:
        ca_file = beside / self.ca_file if self.ca_file else None
        limits = (self.page_size, self.timeout_seconds, self.patience_seconds)
        return ApiPlace(self.url, self.client_id, self.client_secret.made(beside), *limits, ca_file)


class _Sftp(_Strict):
    url: Annotated[str, StringConstraints(pattern=r"^sftp://[^@]+$")]
    user: Text
    host_keys: Annotated[tuple[Text, ...], Field(min_length=1)]
    password: _Secret | None = None
    key_file: Path | None = None
    timeout_seconds: Annotated[float, Field(gt=0)] = 30.0

    def made(self, beside: Path) -> Place:
        password = self.password.made(beside) if self.password else None
        key_file = beside / self.key_file if self.key_file else None
        return SftpPlace(self.url, self.user, self.host_keys, password, key_file, self.timeout_seconds)


def _kind_of_place(content: Any) -> str | None:
    """The kind of a place by how its URL begins; None for what is no place."""
    if not isinstance(content, dict):
        return None
    scheme = str(content.get("url", "")).partition("://")[0]
    return {"postgresql": "database", "http": "api", "https": "api", "sftp": "sftp", "": "folder"}.get(scheme)


_Place = Annotated[
    Annotated[_Folder, Tag("folder")]
    | Annotated[_Postgres, Tag("database")]
    | Annotated[_Api, Tag("api")]
    | Annotated[_Sftp, Tag("sftp")],
    Discriminator(
        _kind_of_place,
        custom_error_type="place",
        custom_error_message="a place is a path, or a postgresql://, https:// or sftp:// url",
    ),
]


class _Shape(_Strict):
    names: dict[str, Text] = {}
    files: Text | None = None
    table: Text | None = None
    header_row: Annotated[int, Field(gt=0)] | None = None
    encoding: Text | None = None
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    trailer: str | None = None


class _Source(_Strict):
    place: _Place | None = None
    owner: str = ""
    expected_every_days: Annotated[int, Field(gt=0)] | None = None
    shapes: dict[str, _Shape] = {}
    codes: dict[str, dict[str, dict[str, Text]]] = {}

    def made(self, beside: Path) -> SourceSettings:
        return SourceSettings(
            place=self.place.made(beside) if self.place else None,
            owner=self.owner,
            expected_every_days=self.expected_every_days,
            shapes={name: shape.model_dump(exclude_unset=True) for name, shape in self.shapes.items()},
            codes=self.codes,
        )


class _Tolerance(_Strict):
    by: Literal["rows", "share", "rise"] = "rows"
    warn: Annotated[Decimal, Field(ge=0)] | None = None
    fail: Annotated[Decimal, Field(ge=0)] | None = None

    def made(self) -> Tolerance:
        return Tolerance(Measure[self.by.upper()], self.warn, self.fail)


class _Linking(_Strict):
    model: Path | None = None
    truth: tuple[Path, ...] = ()

    def made(self, beside: Path) -> LinkingSettings:
        model = (beside / self.model).absolute() if self.model else None
        return LinkingSettings(model, tuple((beside / path).absolute() for path in self.truth))


class _Break(_Strict):
    on: date
    what: Literal["boundary", "definition", "source"] = "boundary"
    words: Text
    metrics: tuple[Text, ...] = ()
    sources: tuple[SourceName, ...] = ()
    units: tuple[Text, ...] = ()
    change: Literal["suppressed", "footnoted"] = "suppressed"

    def made(self) -> DeclaredBreak:
        sources = tuple(str(name) for name in self.sources)
        return DeclaredBreak(
            self.on, self.what, self.words, self.metrics, sources, self.units, self.change == "footnoted"
        )


class _Comparison(_Strict):
    footnoted: tuple[Literal["definition", "source", "boundary", "provisional", "maturity"], ...] = ()


class _Review(_Strict):
    story: Text | None = None
    story_is_concluded: bool = False
    story_says: tuple[Literal["age", "sex"], ...] = ()

    def made(self) -> ReviewSettings:
        return ReviewSettings(self.story or "", self.story_is_concluded, tuple(str(said) for said in self.story_says))


class _Release(_Strict):
    signing_key: _Secret | None = None
    early_readers: tuple[Text, ...] = ()

    def made(self, beside: Path) -> ReleaseSettings:
        return ReleaseSettings(self.signing_key.made(beside) if self.signing_key else None, self.early_readers)


class _File(_Strict):
    sources: dict[SourceName, _Source] = {}
    tolerances: dict[str, _Tolerance] = {}
    linking: _Linking = _Linking()
    comparison: _Comparison = _Comparison()
    breaks: tuple[_Break, ...] = ()
    release: _Release = _Release()
    review: _Review = _Review()
    disclosure: DisclosureSettings = DisclosureSettings()


def parse(content: dict[str, Any], beside: Path) -> tuple[dict[str, Any], list[str]]:
    """`(settings by field of Settings, problems)`: relative paths are taken from `beside`, the file's folder.

    A problem names the setting and what it must be, and never repeats what the file says.
    """
    try:
        file = _File.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        return {}, [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in found]
    return {
        "by_source": {str(name): source.made(beside) for name, source in file.sources.items()},
        "tolerances": {name: tolerance.made() for name, tolerance in file.tolerances.items()},
        "linking": file.linking.made(beside),
        "comparison": ComparisonSettings(
            tuple(one.made() for one in file.breaks), tuple(str(kind) for kind in file.comparison.footnoted)
        ),
        "release": file.release.made(beside),
        "review": file.review.made(),
        "disclosure": file.disclosure.model_dump(exclude_none=True),
    }, []
