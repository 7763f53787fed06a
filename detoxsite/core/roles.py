"""The role table: what each role may do to which model, and with which fields.

It is the only source of permissions: after each ``migrate`` every role's group gets exactly those that follow from it
(initial_rows.py), the admin makes every other field read-only (adminkit/model_admin.py), and a test walks every
address, action, inline and field of the admin for every role (tests/dashboard/test_role_walk.py).

A row: roles | model | actions | fields. Actions are Django's four and those of the domain, whose permission is
``app.action_model``; ``intake.erasure`` and ``intake.statistics`` are pages, not models. Fields are those that the role
may write; where a row has no ``add`` or ``change``, those that it may see, or groups of them. ``*``: all that the page
shows.
"""

from dataclasses import dataclass

TABLE = """
editor manager    | articles.edition    | add change view        | title summary author changes slug topic kind parent \
                                                                   opened
editor manager    | articles.text       | add change delete view | region ordering body is_dosing
editor manager    | articles.figure     | add change delete view | region ordering picture caption is_opening
editor manager    | articles.callout    | add change delete view | region ordering tone title body
editor manager    | articles.keyfacts   | add change delete view | region ordering title rows is_dosing
editor manager    | articles.pullquote  | add change delete view | region ordering quote attribution
editor manager    | articles.step       | add change delete view | region ordering label title body
editor manager    | articles.question   | add change delete view | region ordering title body
editor manager    | articles.calltoaction | add change delete view | region ordering title body call ask visit
editor manager    | articles.personcard | add change delete view | region ordering person
editor manager    | articles.centerfacts | add change delete view | region ordering title group
editor manager    | articles.opening    | add change delete view | region ordering title lead note drawing call ask
editor manager    | articles.sitepart   | add change delete view | region ordering title part
editor manager    | articles.articlelist | add change delete view | region ordering title lead topic count
editor manager    | articles.reviews    | add change delete view | region ordering title lead review
editor manager    | articles.costs      | add change delete view | region ordering title body
editor manager    | articles.column     | add change delete view | region ordering icon title body
editor manager    | articles.comparison | add change delete view | region ordering title cells own_row is_coverage \
                                                                   checked_on
editor manager    | articles.centerfact | add change delete view | group name value evidence checked_on ends_on position
editor manager    | articles.gallerypicture | add change delete view | region ordering picture caption
editor manager    | articles.mappicture | add change delete view | region ordering title picture body address
editor manager    | articles.download   | add change delete view | region ordering file
editor manager    | articles.videoplayer | add change delete view | region ordering video caption
editor manager    | articles.source     | add change delete view | position year accessed_on authors title container \
                                                                   detail doi pmid url
editor manager    | articles.topic      | add change view        | name slug icon picture intro position
editor            | articles.person     | add change view        | name slug credentials role bio own_words picture \
                                                                   license_kind license_state license_number \
                                                                   license_url facts checked_on
manager           | articles.person     | add change view        | name slug credentials role bio own_words picture \
                                                                   license_kind license_state license_number \
                                                                   license_url facts checked_on user has_page has_left
editor manager    | articles.picture    | add change delete view | title image alt credit tags image_ppoi
editor manager    | articles.pdffile    | add change delete view | title file language dated_on note replaces
editor manager    | articles.video      | add change delete view | title file language captions poster transcript
editor manager    | articles.menuedition | view edit release    | *
editor manager    | articles.synonym    | add change delete view | typed means
clinician manager | articles.edition    | view sign_off          | *
clinician editor manager | articles.edition | view sign_off_house comment | *
clinician         | articles.topic      | view                   | *
clinician         | articles.person     | view                   | *
clinician         | articles.picture    | view                   | *
clinician         | articles.text       | view                   | *
clinician         | articles.figure     | view                   | *
clinician         | articles.callout    | view                   | *
clinician         | articles.keyfacts   | view                   | *
clinician         | articles.pullquote  | view                   | *
clinician         | articles.step       | view                   | *
clinician         | articles.question   | view                   | *
clinician         | articles.calltoaction | view                 | *
clinician         | articles.personcard | view                   | *
clinician         | articles.centerfacts | view                  | *
clinician         | articles.opening    | view                   | *
clinician         | articles.sitepart   | view                   | *
clinician         | articles.articlelist | view                  | *
clinician         | articles.reviews    | view                   | *
clinician         | articles.costs      | view                   | *
clinician         | articles.column     | view                   | *
clinician         | articles.comparison | view                   | *
clinician         | articles.gallerypicture | view               | *
clinician         | articles.mappicture | view                   | *
clinician         | articles.download   | view                   | *
clinician         | articles.videoplayer | view                  | *
clinician         | articles.pdffile    | view                   | *
clinician         | articles.video      | view                   | *
clinician         | articles.centerfact | view                   | *
clinician         | articles.source     | view                   | *
compliance        | articles.edition    | view                   | *
manager           | articles.reminder   | view                   | *
manager           | articles.workflowemail | view                | *

moderator manager            | testimonials.testimonial   | view decide            | *
compliance                   | testimonials.testimonial   | view                   | *
moderator compliance manager | testimonials.report        | view                   | *
moderator                    | testimonials.staffname     | view                   | *
manager                      | testimonials.staffname     | add change delete view | name nicknames role may_be_named
compliance manager           | testimonials.outgoingemail | view                   | *

admissions manager            | intake.callforhelp      | view answer            | contact clinical
front_desk                    | intake.callforhelp      | view answer break_glass | contact
front_desk admissions manager | intake.contactattempt   | view                   | *
front_desk admissions compliance manager | intake.delivery | view                 | *
admissions compliance manager | intake.statistics       | view                   | *
front_desk admissions         | intake.shift            | view                   | *
manager                       | intake.shift            | add change delete view | person weekday weekdays starts ends \
                                                                                   is_second
admissions                    | intake.escalationstep   | view                   | *
manager                       | intake.escalationstep   | add change delete view | after who person
front_desk admissions         | intake.phone            | add change view        | name kind url
manager                       | intake.phone            | add change view        | person name kind url
manager                       | intake.webhook          | add change delete view | name url agreement
compliance manager            | intake.disclosure       | view                   | *
compliance manager            | intake.erasurebatch     | view                   | *
manager                       | intake.erasure          | approve                | *
manager                       | intake.retentionwarning | view                   | *

compliance         | detoxsite.consenttext | view            | *
manager            | detoxsite.consenttext | add view        | purpose language body approved_by
manager            | detoxsite.siteprofile | change view     | name short_name legal_name tagline description \
                                                               welcome_title welcome welcome_note steps phone \
                                                               phone_hours address hours cost license_line small_print \
                                                               notice leave_url state_list_url
editor manager     | detoxsite.redirect | add change delete view | path target code may_be_outside
manager            | detoxsite.user        | add change view | email first_name last_name groups is_active
compliance manager | detoxsite.sealedaccess | view           | *
compliance manager | admin.logentry        | view            | *
"""

FIELD_GROUPS = {"clinical"}  # fields of a model that have a permission of their own: view_group_model


@dataclass(frozen=True)
class Row:
    roles: frozenset[str]
    model: str  # app_label.model_name
    actions: frozenset[str]
    fields: frozenset[str]

    @property
    def permissions(self) -> set[str]:
        app, model = self.model.split(".")
        of_groups = {f"view_{group}" for group in self.fields & FIELD_GROUPS}
        return {f"{app}.{action}_{model}" for action in self.actions | of_groups}


def _parse(line: str) -> Row:
    roles, model, actions, fields = (cell.split() for cell in line.split("|"))
    return Row(frozenset(roles), model[0], frozenset(actions), frozenset(fields))


ROWS = [_parse(line) for line in TABLE.splitlines() if line]
ROLES: dict[str, set[str]] = {  # permissions by role
    role: set().union(*(row.permissions for row in ROWS if role in row.roles))
    for role in sorted(set().union(*(row.roles for row in ROWS)))
}


def may(role: str, action: str, model: str) -> bool:
    app, name = model.split(".")
    return f"{app}.{action}_{name}" in ROLES[role]


def writable_fields(roles: set[str], model: str) -> frozenset[str]:
    """Fields of the model that one of the roles may write."""
    written = [row for row in ROWS if row.model == model and row.actions & {"add", "change"} and row.roles & roles]
    return frozenset().union(*(row.fields for row in written))


def label(role: str) -> str:
    """The name of a role as people read it: "Front desk"."""
    return role.replace("_", " ").capitalize()


def labels(names: str) -> list[str]:
    """The labels of roles, from their names as the access log keeps them: with commas between."""
    return [label(name) for name in names.split(", ") if name]


def of(user) -> set[str]:
    """The roles of an account, looked up once for each of its instances."""
    if not hasattr(user, "role_names"):
        user.role_names = {group.name for group in user.groups.all()}
    return user.role_names


def withheld_fields(user, model) -> list[str]:
    """Fields that the table lets the account only see, of a model that someone may write."""
    rows = [row for row in ROWS if row.model == model._meta.label_lower and row.actions & {"add", "change"}]
    if not rows or user.is_superuser:
        return []
    is_the_same_for_all = len({row.fields for row in rows}) == 1
    written = rows[0].fields if is_the_same_for_all else writable_fields(of(user), rows[0].model)
    return [
        field.name
        for field in model._meta.get_fields()
        if getattr(field, "editable", False) and field.name not in written
    ]
