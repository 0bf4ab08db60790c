"""What other modules may use of intelligence."""

from tongdai.intelligence.recognition.port import NoRecogniser, RecognitionCapabilities, SpeechRecognition
from tongdai.intelligence.recognition.recognisers import Recognisers
from tongdai.intelligence.speech.audio import encode, resample, to_rate
from tongdai.intelligence.speech.cache import SpeechCache
from tongdai.intelligence.speech.port import NoVoice, Quality, SpeechSynthesis, Voice, VoiceCapabilities
from tongdai.intelligence.speech.voices import Voices, default_voices

__all__ = [
    "NoRecogniser",
    "NoVoice",
    "Quality",
    "Recognisers",
    "RecognitionCapabilities",
    "SpeechCache",
    "SpeechRecognition",
    "SpeechSynthesis",
    "Voice",
    "VoiceCapabilities",
    "Voices",
    "default_voices",
    "encode",
    "resample",
    "to_rate",
]
