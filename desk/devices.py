"""What is done to devices, all in one place: adopted, replaced, retired, mounted anew, calibrated.

Each is one transaction and leaves a line in the log with who did it.
"""

from desk.adopting import Adopted, Adoption, NewSite, adopt
from desk.mounting import calibrate, remount, replace, retire

__all__ = ["Adopted", "Adoption", "NewSite", "adopt", "calibrate", "remount", "replace", "retire"]
