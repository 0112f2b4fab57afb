"""The model's specification: what is compared, in which levels, and which records are compared at all.

Written with Splink's creators. The m and u beside each level are stated beforehand: m is the share of the pairs of one
person that the level is true of, u of pairs of two people. Training starts from them, and they stay for a level that the
training data hardly show (`train.RARE`). Columns are those of `linked_node` (model_node.sql). A missing value on either
side is no evidence. Every rule reads the same whichever of the two records is the left one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import splink.comparison_level_library as cll
from splink import SettingsCreator, block_on
from splink.blocking_rule_library import CustomRule
from splink.comparison_library import CustomComparison
from splink.internals.blocking_rule_creator import BlockingRuleCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator

CLOSE = 0.88
"""Jaro-Winkler similarity from which two names are close in spelling."""


@dataclass(frozen=True)
class Level:
    """A level of a comparison: condition, words for people, stated m and u, and the column whose frequency adjusts it."""

    condition: ComparisonLevelCreator
    words: str
    m: float
    u: float
    frequency_of: str | None = None
    is_fixed: bool = False

    def creator(self) -> ComparisonLevelCreator:
        self.condition.configure(
            label_for_charts=self.words,
            m_probability=self.m,
            u_probability=self.u,
            fix_m_probability=self.is_fixed,
            fix_u_probability=self.is_fixed,
        )
        if self.frequency_of:
            # The frequency replaces this level's own u; left alone, Splink would look for an exact match of that column.
            self.condition.configure(tf_adjustment_column=self.frequency_of, disable_tf_exact_match_detection=True)
        return self.condition


def sql(condition: str) -> ComparisonLevelCreator:
    return cll.CustomLevel(condition)


SURNAME = (
    Level(cll.ExactMatchLevel("surname"), "the same surname", 0.9, 0.0015, "surname"),
    Level(
        sql(
            "(surname_l = forenames_r AND forenames_l = surname_r) OR (surname_l = first_name_r AND first_name_l = surname_r)"
        ),
        "surname and forename exchanged",
        0.006,
        2e-7,
    ),
    Level(cll.ArrayIntersectLevel("surname_parts", 1), "one part of a double-barrelled surname", 0.02, 0.0005),
    Level(
        sql(
            "length(surname_spelt_l) > 3 AND length(surname_spelt_r) > 3 AND damerau_levenshtein(surname_spelt_l, surname_spelt_r) <= 1"
        ),
        "surname one slip apart",
        0.04,
        0.0005,
    ),
    Level(cll.JaroWinklerLevel("surname_spelt", CLOSE), "surname close in spelling", 0.015, 0.004),
    Level(cll.ElseLevel(), "another surname", 0.019, 0.993),
)

FORENAMES = (
    Level(cll.ExactMatchLevel("forenames"), "the same forenames", 0.6, 0.006, "first_name"),
    # What an exchange says is weighed with the surname; twice would be once too often, so that it weighs nothing here.
    Level(
        sql(
            "(surname_l = forenames_r AND forenames_l = surname_r) OR (surname_l = first_name_r AND first_name_l = surname_r)"
        ),
        "exchanged with the surname, weighed there",
        1e-4,
        1e-4,
        is_fixed=True,
    ),
    Level(cll.ExactMatchLevel("first_name"), "the same first forename", 0.2, 0.006, "first_name"),
    Level(
        sql("list_contains(forename_parts_l, first_name_r) OR list_contains(forename_parts_r, first_name_l)"),
        "a middle name used, or forenames in another order",
        0.03,
        0.004,
    ),
    Level(
        sql("(length(first_name_l) = 1 OR length(first_name_r) = 1) AND first_name_l[1] = first_name_r[1]"),
        "an initial of the forename",
        0.02,
        0.003,
    ),
    Level(cll.ArrayIntersectLevel("equivalents", 1), "a short or other form of the forename", 0.06, 0.003),
    Level(
        sql(
            "is_known_name_l AND is_known_name_r AND (jaro_winkler_similarity(first_name_l, first_name_r) >= 0.88 "
            "OR damerau_levenshtein(first_name_l, first_name_r) <= 1)"
        ),
        "two different forenames, though alike in spelling",
        0.002,
        0.008,
    ),
    Level(
        sql(
            "forenames_spelt_l IS NOT NULL AND forenames_spelt_r IS NOT NULL AND "
            "length(first_name_l) > 2 AND length(first_name_r) > 2 AND "
            "(jaro_winkler_similarity(first_name_l, first_name_r) >= 0.88 "
            "OR (length(first_name_l) > 3 AND length(first_name_r) > 3 AND damerau_levenshtein(first_name_l, first_name_r) <= 1) "
            "OR damerau_levenshtein(forenames_l, forenames_r) <= 1)"
        ),
        "forename close in spelling",
        0.045,
        0.004,
    ),
    Level(cll.ElseLevel(), "another forename", 0.005, 0.965),
)

DAY_AND_MONTH_EXCHANGED = "born_l = born_swapped_r"
ONE_SLIP = (
    "damerau_levenshtein(born_l, born_r) <= 1 "
    "OR (born_l[5:] = born_r[5:] AND abs(birth_year_l - birth_year_r) IN (1, 10))"
)
TWO_PARTS_SAME = (
    "born_l[:6] = born_r[:6] OR born_l[5:] = born_r[5:] OR (birth_year_l = birth_year_r AND born_l[7:] = born_r[7:])"
)

DATE_OF_BIRTH = (
    Level(sql("date_of_birth_l = date_of_birth_r AND born_l[5:] <> '0101'"), "the same date of birth", 0.92, 4e-5),
    Level(
        cll.ExactMatchLevel("date_of_birth"),
        "the same date of birth, the first of January as estimated ones are",
        0.01,
        2e-5,
    ),
    Level(sql(DAY_AND_MONTH_EXCHANGED), "day and month of birth exchanged", 0.01, 3e-5),
    Level(sql(ONE_SLIP), "date of birth one digit or two neighbouring digits apart, or one or ten years", 0.04, 0.0008),
    Level(sql(TWO_PARTS_SAME), "two of day, month and year of birth the same", 0.01, 0.005),
    Level(cll.ElseLevel(), "another date of birth", 0.01, 0.994),
)

SEX = (
    Level(cll.ExactMatchLevel("sex"), "the same sex", 0.985, 0.65),
    Level(cll.ElseLevel(), "another sex", 0.015, 0.35),
)

POSTCODE = (
    # Families share surname and postcode, of which chance knows nothing: then the postcode tells no one from another.
    Level(
        sql(
            # By its sound, so that training on pairs of one surname still learns of postcodes.
            "postcode_l = postcode_r AND surname_sound_l = surname_sound_r AND "
            f"NOT ({DAY_AND_MONTH_EXCHANGED} OR {ONE_SLIP} OR {TWO_PARTS_SAME})"
        ),
        "the same postcode, as in one family: its dates of birth differ",
        1e-4,
        1e-4,
        is_fixed=True,
    ),
    Level(cll.ExactMatchLevel("postcode"), "the same postcode", 0.6, 0.0002, "postcode"),
    Level(cll.DamerauLevenshteinLevel("postcode", 1), "postcode one slip apart", 0.03, 0.0003),
    Level(cll.ExactMatchLevel("outward_code"), "the same postcode district", 0.1, 0.02),
    Level(cll.ElseLevel(), "another postcode", 0.27, 0.98),
)

IDENTIFIER = (
    Level(cll.ExactMatchLevel("identifier"), "the same identifier", 0.75, 2e-5),
    Level(
        sql(
            "damerau_levenshtein(identifier_l, identifier_r) <= 2 OR jaro_winkler_similarity(identifier_l, identifier_r) >= 0.92"
        ),
        "identifier close in spelling",
        0.15,
        3e-4,
    ),
    Level(cll.ElseLevel(), "another identifier", 0.1, 0.99968),
)

COMPARISONS: dict[str, Sequence[Level]] = {
    "surname": SURNAME,
    "forenames": FORENAMES,
    "date_of_birth": DATE_OF_BIRTH,
    "sex": SEX,
    "postcode": POSTCODE,
    "identifier": IDENTIFIER,
}

RULES: dict[str, BlockingRuleCreator] = {
    "date of birth, and how the surname begins": block_on("date_of_birth", "surname_start"),
    "date of birth, and the sound of the forename": block_on("date_of_birth", "forename_start"),
    "date of birth, and the postcode district": block_on("date_of_birth", "outward_code"),
    "the sound of both names, and the year of birth": block_on("surname_sound", "forename_sound", "birth_year"),
    "the sound of both names, and the day of birth": block_on("surname_sound", "forename_sound", "birth_day"),
    "surname and forename exchanged, and the year of birth": CustomRule(
        "l.first_surname_sound = r.forename_sound AND l.forename_sound = r.first_surname_sound "
        "AND l.birth_year = r.birth_year"
    ),
    "postcode, and the sound of the surname": block_on("postcode", "surname_sound"),
    "postcode, the sound of the forename, and the year of birth": block_on("postcode", "forename_sound", "birth_year"),
    "surname and forenames": block_on("surname", "forenames"),
    "identifier": block_on("identifier"),
    "how the identifier begins": block_on("identifier_start"),
}
"""Which pairs are compared: those that some rule brings together. A missing value brings nothing together.

Each asks for several things at once, so that no common name, date or postcode alone makes a crowd; what a crowd shares for
want of better, the first of January as date of birth, asks for more (model_node.sql). Whether two records are brought
together rests on the two alone, never on how many others there are: that is what makes the pairs a memo.
"""


def settings() -> SettingsCreator:
    """The specification as Splink takes it, with the stated m and u."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="node_id",
        comparisons=[
            CustomComparison(
                output_column_name=name,
                comparison_description=name.replace("_", " "),
                comparison_levels=[_no_evidence(name), *(level.creator() for level in levels)],
            )
            for name, levels in COMPARISONS.items()
        ],
        blocking_rules_to_generate_predictions=list(RULES.values()),
        retain_matching_columns=False,
        linker_uid="people",
    )


def _no_evidence(column: str) -> ComparisonLevelCreator:
    return cll.NullLevel(column).configure(label_for_charts="not known on both sides")
