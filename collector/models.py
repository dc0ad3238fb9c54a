"""Import of all modules with rows, so that the metadata is complete."""

from collector.applications import models as applications
from collector.audit import models as audit
from collector.banks import models as banks
from collector.custody import models as custody
from collector.donors import models as donors
from collector.imports import models as imports
from collector.jobs import models as jobs
from collector.laboratory.heating import models as laboratory_heating
from collector.laboratory.holding import models as laboratory_holding
from collector.laboratory.holds import models as laboratory_holds
from collector.laboratory.pooling import models as laboratory_pooling
from collector.laboratory.reception import models as laboratory_reception
from collector.laboratory.release import models as laboratory_release
from collector.laboratory.sampling import models as laboratory_sampling
from collector.laboratory.units import models as laboratory_units
from collector.material import models as material
from collector.notices import models as notices
from collector.people import models as people
from collector.pickups import models as pickups
from collector.places import models as places
from collector.planning import models as planning
from collector.roads import models as roads
from collector.rounds import models as rounds
from collector.shifts import models as shifts

EVERY_MODULE = (
    applications,
    audit,
    banks,
    custody,
    donors,
    imports,
    jobs,
    laboratory_heating,
    laboratory_holding,
    laboratory_holds,
    laboratory_pooling,
    laboratory_reception,
    laboratory_units,
    material,
    laboratory_release,
    laboratory_sampling,
    notices,
    people,
    pickups,
    places,
    planning,
    roads,
    rounds,
    shifts,
)
