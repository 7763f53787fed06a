"""Telephone numbers: what may be dialled, and the helpline that stands in for a missing one."""

import phonenumbers

REGION = "US"  # where a number without a country code is taken to be
SAMHSA = "1-800-662-4357"
SAMHSA_E164 = "+18006624357"


def e164(typed: str) -> str:
    """The number in E.164 (``+15550100142``), or "" where none can be made out."""
    try:
        number = phonenumbers.parse(typed, REGION)
    except phonenumbers.NumberParseException:
        return ""
    # a local number without its area code is "possible" too, but cannot be dialled from elsewhere
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
