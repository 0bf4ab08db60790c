"""What other modules may use of intelligence."""

from tongdai.intelligence.language import measuring
from tongdai.intelligence.language.classifier import Classifier
from tongdai.intelligence.language.language_models import ANGRY, LanguageModels
from tongdai.intelligence.language.measuring import NONE, Guess
from tongdai.intelligence.language.port import (
    LanguageCapabilities,
    LanguageModel,
    NoLanguageModel,
    Trained,
    Understanding,
)
from tongdai.intelligence.recognition.port import NoRecogniser, RecognitionCapabilities, SpeechRecognition
from tongdai.intelligence.recognition.recognisers import Recognisers
from tongdai.intelligence.speech.audio import encode, resample, to_rate
from tongdai.intelligence.speech.cache import SpeechCache
from tongdai.intelligence.speech.port import NoVoice, Quality, SpeechSynthesis, Voice, VoiceCapabilities
from tongdai.intelligence.speech.voices import Voices, default_voices

__all__ = [
    "ANGRY",
    "NONE",
    "Classifier",
    "Guess",
    "LanguageCapabilities",
    "LanguageModel",
    "LanguageModels",
    "NoLanguageModel",
    "NoRecogniser",
    "NoVoice",
    "Quality",
    "Recognisers",
    "RecognitionCapabilities",
    "SpeechCache",
    "SpeechRecognition",
    "SpeechSynthesis",
    "Trained",
    "Understanding",
    "Voice",
    "VoiceCapabilities",
    "Voices",
    "default_voices",
    "encode",
    "measuring",
    "resample",
    "to_rate",
]
