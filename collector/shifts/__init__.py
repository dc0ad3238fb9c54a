"""The roster: collectors on duty on a day, with their vehicle, hours and capacity."""
