"""Phone numbers: parsing to E.164, and the helpline shown while the center has no number."""

import phonenumbers

REGION = "US"  # assumed for numbers without a country code
SAMHSA = "1-800-662-4357"
SAMHSA_E164 = "+18006624357"


def e164(typed: str) -> str:
    """The number in E.164 (``+15550100142``), or "" if it cannot be parsed."""
    try:
        number = phonenumbers.parse(typed, REGION)
    except phonenumbers.NumberParseException:
        return ""
    # a local number without its area code is "possible" too, but cannot be dialed from elsewhere
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
