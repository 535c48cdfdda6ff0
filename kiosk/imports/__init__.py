"""What comes in by file: everything is parsed and judged first, then written in one transaction."""

from kiosk.imports.items import plan_items as plan_items
from kiosk.imports.plan import Context as Context
from kiosk.imports.plan import Counts as Counts
from kiosk.imports.plan import Plan as Plan
from kiosk.imports.plan import apply as apply
from kiosk.imports.readers import plan_readers as plan_readers
