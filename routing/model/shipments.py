"""Shipments: a load picked up at one visit is delivered at a later visit of the same tour."""

from routing.model.routing_model import Model


def add_to(model: Model) -> None:
    """Pair the two visits of every shipment: both in one tour in this order, or neither."""
    indices = {visit.id: index for index, visit in model.visits()}
    vehicle_of = model.routing.VehicleVar
    for shipment in model.problem.shipments:
        pickup, delivery = indices[shipment.pickup], indices[shipment.delivery]
        model.routing.AddPickupAndDelivery(pickup, delivery)
        model.solver().Add(vehicle_of(pickup) == vehicle_of(delivery))
