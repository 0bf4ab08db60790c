"""Write what is learned of intelligence/language/sentences.json anew: the centres of languages, and anger."""

import json

from tongdai.intelligence.language.e5_worker import LEARNED, Model

LEARNED.write_text(json.dumps(Model().learn()) + "\n", encoding="utf-8")
