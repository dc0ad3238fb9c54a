"""Import of all modules with rows, so that the metadata is complete."""

from collector.applications import models as applications
from collector.audit import models as audit
from collector.banks import models as banks
from collector.custody import models as custody
from collector.dispensary.allocation import models as dispensary_allocation
from collector.dispensary.dispensings import models as dispensary_dispensing
from collector.dispensary.fates import models as dispensary_fates
from collector.dispensary.orders import models as dispensary_orders
from collector.dispensary.returns import models as dispensary_returns
from collector.donors import models as donors
from collector.imports import models as imports
from collector.jobs import models as jobs
from collector.laboratory.destructions import models as laboratory_destructions
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
from collector.recall import models as recall
from collector.recipients import identity_rows as recipient_identities
from collector.recipients import models as recipients
from collector.roads import models as roads
from collector.rounds import models as rounds
from collector.shifts import models as shifts

EVERY_MODULE = (
    applications,
    audit,
    banks,
    custody,
    dispensary_allocation,
    dispensary_dispensing,
    dispensary_fates,
    dispensary_orders,
    dispensary_returns,
    donors,
    imports,
    jobs,
    laboratory_destructions,
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
    recall,
    recipient_identities,
    recipients,
    roads,
    rounds,
    shifts,
)
