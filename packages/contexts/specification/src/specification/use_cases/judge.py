"""The judgement on what is to be published: one for who asks beforehand and for the publish process.

Whoever was told that nothing is wrong is not rejected afterwards for what was judged.
"""

from collections.abc import Mapping

from kernel.errors import Invalid, Problem
from specification.domain import Specification
from specification.ports import Characteristics


async def publication_problems(
    specification: Specification,
    values: Mapping[str, object],
    characteristics: Characteristics,
    on_behalf: str,
) -> list[Problem]:
    """All that keeps an offering of this kind, of which these values are said, from being published.

    Pointers are "/specificationId", and such as "/values/colours/2". No work is open meanwhile.

    Raises:
        Unavailable: when the characteristics cannot be asked now.
        Unauthorized: when the credential is not believed there.
        Forbidden: when its owner may not see characteristics.
    """
    try:
        found = await characteristics.look_up(specification.question_about(values), on_behalf)
    except Invalid as error:  # too much for one question, today and ever
        problems = [Problem(error.code, error.message, "/values")]
    else:
        problems = specification.check(values, found)
    return [*specification.unpublishable(), *problems]
