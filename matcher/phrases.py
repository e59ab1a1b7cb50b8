"""How texts of the Commission say who may apply, and what they ask of a consortium: every form."""

import re

# --- what names the countries or the kind of those who may apply ---
_WHO = (
    r"\b(?P<who>host (?:organi[sz]ation|institution)s?|coordinators?|applicants?"
    r"|beneficiar(?:y|ies)|entities eligible for funding)"
    r"(?: (?:of|to|for|in|under|applying)\b[^.,;:]{0,60}?)?"
    r" (?:must|shall|has to|have to|need to|needs to) be\b"
)
LIMITED = re.compile(
    r"participation\b(?P<who>.{0,90}?)\b(?:is|are|shall be|will be) (?:limited|restricted) to"
    r" (?:legal )?entities (?:that are )?established in (?P<where>.+)",
    re.IGNORECASE | re.DOTALL,
)
MUST_BE = re.compile(_WHO + r" (?P<whom>.+)", re.IGNORECASE | re.DOTALL)
BY_WHOM = re.compile(
    r"\b(?:must|shall|has to|have to|can|may|should|is to|are to)(?: only)? be"
    r" (?P<what>submitted|coordinated|led)(?: only| exclusively)? by (?P<whom>.+)",
    re.IGNORECASE | re.DOTALL,
)
ONLY_THEY = re.compile(
    r"\bonly (?P<whom>[^;:]+?) (?:may|can|shall|will|are|is)\b.{0,20}?"
    r"\b(?:participate|take part|apply|submit|eligible|open|coordinate|receive)",
    re.IGNORECASE,
)
EXCLUDED = re.compile(
    r"^(?P<whom>[^;:]+?) (?:is|are|shall be|will be) (?:excluded|not eligible|ineligible)"
    r"(?: (?:from|for|to)[\w ]*)?\.?$",
    re.IGNORECASE,
)
WHOM = re.compile(
    r"^(?P<kind>.*?)(?:,? \b(?:(?:that|which) are )?"
    r"(?:(?:established|located|based) in|from|(?<=entities )of)\b (?P<where>.+))?$",
    re.IGNORECASE | re.DOTALL,
)
PLACED = re.compile(r"^(?:established|located|based) in (?P<where>.+)", re.IGNORECASE | re.DOTALL)
PARTNER_IN = re.compile(
    r"one legal entity, as a beneficiary, established in (?P<where>.+)", re.IGNORECASE
)
ONLY_ASSOCIATED = re.compile(
    r"(?P<where>[^,]+?) (?:is|are) the only countr(?:y|ies) associated", re.IGNORECASE
)
SOME_OF_THEM = re.compile(
    r"\b(?:one|two|three|four|five|six|\d+|each|every|some|any|several|half|most|those|these)"
    r"(?: (?:\(\d+\)|or more|of|the|its|these|those|such))*\s*$",
    re.IGNORECASE,
)
"""Before those who must be something, it speaks of some in the consortium and not of all."""
EACH_OF_THEM = re.compile(r"each|every", re.IGNORECASE)

# --- what is known to concern the organisation, but not whether it fits ---
NAMED_ALREADY = re.compile(r"must include the beneficiaries of", re.IGNORECASE)
SUBMITTED_BY = re.compile(r"must be submitted by the coordinator of", re.IGNORECASE)
ALONE = re.compile(r"only be submitted by one legal entity", re.IGNORECASE)

# --- what is asked of a consortium ---
COUNTED = re.compile(r"\bat least\b|\bminimum\b|\d ?%", re.IGNORECASE)
OF_A_CONSORTIUM = re.compile(
    r"consorti|beneficiar|participa|partner|entit(?:y|ies)|must include|must involve|\bSMEs\b"
    r"|\bcities\b|organisation|authorit",
    re.IGNORECASE,
)
OF_SOMETHING_ELSE = re.compile(
    r"at least the duration|proprietary rights|grant amount|work package|minimum population",
    re.IGNORECASE,
)
WITHOUT_NUMBER = re.compile(
    r"must apply the multi-actor approach|composed of a single legal entity", re.IGNORECASE
)
IN_KIND = re.compile(
    r"must provide in-kind contributions|in-kind contributions\b.* must be", re.IGNORECASE
)

# --- what restricts in another form ---
RESTRICTS = re.compile(
    r"\bonly\b|\bexclusive(?:ly)?\b|\bexclud(?:ed|es?|ing)\b|\bexcept\b|with the exception"
    r"|\b(?:may|shall|must|can|will) not (?:participate|apply|take part|coordinate)|\bcannot apply"
    r"|\b(?:limited|restricted|reserved) (?:to|for)\b|\bnot eligible\b|\bineligible\b"
    r"|\bapplicants? (?:must|shall) be\b|\bcoordinators? (?:must|shall)\b"
    r"|\bmust be (?:submitted|coordinated|led) by\b",
    re.IGNORECASE,
)
HARMLESS = re.compile(
    r"controlled by|high-risk suppliers|restrictive measures|outside the scope|\bRussia\b"
    r"|criteria above|applicants from the United Kingdom|Joint Research Centre|\bJRC\b|not only"
    r"|activities carried|must be able to|specific conditions|principal investigator|Synergy Grant"
    r"|\bproposal will be considered|objectives of the grant|required conditions"
    r"|criteria have not been met|\bPDF\b|\breviewers\b|page limit|\bpages\b|\bmaterial\b"
    r"|^(?:\w+ ){0,2}international organi[sz]ations|^associated partners\b",
    re.IGNORECASE,
)
"""Clauses that restrict others than the organisation, or papers, each found in a text."""
OF_OTHERS = re.compile(
    r"\b(?:legal )?entities (?:that are )?established in (?P<where>[^,;]+?)(?=,| is | are |$)",
    re.IGNORECASE,
)
