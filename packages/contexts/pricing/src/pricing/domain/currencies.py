"""The currencies of ISO 4217, and how many decimal places each has.

The source is List One of the standard's maintenance agency, SIX, as of 2026-01-01 (since when Bulgaria pays
in EUR): all codes that it gives minor units. Those without, such as gold (XAU), special drawing rights (XDR)
and the codes for tests (XTS) and for no currency (XXX), are no currencies to charge in.
https://www.six-group.com/en/products-services/financial-information/data-standards.html
"""

from collections.abc import Mapping
from types import MappingProxyType

_CODES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
        CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
        GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL
        MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR
        PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
        TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

MINOR_UNITS: Mapping[str, int] = MappingProxyType(
    {code: places for places, codes in _CODES.items() for code in codes.split()}
)
"""Decimal places of an amount that can be paid, by code: a cent is the second place of EUR."""
