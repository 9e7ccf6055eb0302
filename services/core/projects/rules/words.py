"""The words of the library: what a project can be called."""

from enum import StrEnum


class Thrust(StrEnum):
    """The article's three thrusts: 产业动能, 民生共享, 国资国企监管."""

    INDUSTRY = "industry"
    LIVELIHOOD = "livelihood"
    SOE_SUPERVISION = "soe_supervision"


class Domain(StrEnum):
    """What field a project is in."""

    MAJOR_INFRASTRUCTURE = "major_infrastructure"
    ENERGY = "energy"
    CULTURE_TOURISM = "culture_tourism"
    MANUFACTURING = "manufacturing"
    SERVICE = "service"
    GEOLOGY_SERVICE = "geology_service"
    AGRICULTURE = "agriculture"
    FINANCE = "finance"
    RURAL_VITALISATION = "rural_vitalisation"
    ELDERLY_CARE = "elderly_care"
    EDUCATION = "education"
    TALENT = "talent"
    NEW_ENERGY = "new_energy"
    ENVIRONMENT = "environment"
    BIOMEDICINE = "biomedicine"
    DIGITAL_ECONOMY = "digital_economy"
    SOE_REFORM = "soe_reform"


class Track(StrEnum):
    """Investment projects are built; service projects are run, maybe without investment (T-11)."""

    INVESTMENT = "investment"
    SERVICE = "service"


class Stage(StrEnum):
    """Both tracks' stages: the long one ends in operation, the short one in an evaluation."""

    IDEA = "idea"
    RESERVE = "reserve"
    SIGNED = "signed"
    PREPARATORY = "preparatory"
    UNDER_CONSTRUCTION = "under_construction"
    COMPLETED = "completed"
    OPERATING = "operating"
    ARCHIVED = "archived"
    PROPOSED = "proposed"
    AGREED = "agreed"
    RUNNING = "running"
    DELIVERED = "delivered"
    EVALUATED = "evaluated"


class SideState(StrEnum):
    """A project that stands beside its stages; none of these is ever nagged (I-17)."""

    PAUSED = "paused"
    TERMINATED = "terminated"
    MOVED_OUT = "moved_out"


class LibraryClass(StrEnum):
    """规划, 前期, 实施: derived from the stage, never stored."""

    PLANNING = "planning"
    PREPARATORY = "preparatory"
    IMPLEMENTATION = "implementation"


class PartnerRole(StrEnum):
    """What another unit is in a project."""

    PARTNER = "partner"
    OWNER = "owner"
    COUNTY_SIDE = "county_side"


class Gate(StrEnum):
    """立项, 可研, 用地, 环评, 施工许可, 开工, 主体, 竣工, 投产."""

    APPROVAL = "approval"
    FEASIBILITY = "feasibility"
    LAND = "land"
    ENVIRONMENT = "environment"
    PERMIT = "permit"
    START = "start"
    MAIN_STRUCTURE = "main_structure"
    COMPLETION = "completion"
    PRODUCTION = "production"


class ProjectVerb(StrEnum):
    """What moves a project beside its stages."""

    PAUSE = "pause"
    RESUME = "resume"
    TERMINATE = "terminate"
    MOVE_OUT = "move_out"


class Spread(StrEnum):
    """By what a year's investment was spread over its months, where no curve was given."""

    EVEN = "even"
    WORKING_DAYS = "working_days"


class PlanChangeState(StrEnum):
    """From asked to decided."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"


class PlanChangeVerb(StrEnum):
    """What the second person may do with a request."""

    APPROVE = "approve"
    REFUSE = "refuse"
