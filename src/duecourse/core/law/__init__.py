"""Which text says so: citations, the instruments they point into, and the version in force on a day.

`citation` spells a reference, `instrument` holds what an instrument is and how its days are counted, `law` finds the
article that a citation means on a day, `loading` reads `law/*.yaml`, `places` finds a rulebook's folder. No law's full
text is kept here: an article carries a gist in our own words. Not here: procedures, counting (`core.deadlines`).
"""

from duecourse.core.law.citation import Citation
from duecourse.core.law.instrument import Article, Counting, Grade, Instrument, Kind, Version
from duecourse.core.law.law import Law
from duecourse.core.law.loading import load_law
from duecourse.core.law.places import rulebook_folder

__all__ = [
    "Article",
    "Citation",
    "Counting",
    "Grade",
    "Instrument",
    "Kind",
    "Law",
    "Version",
    "load_law",
    "rulebook_folder",
]
