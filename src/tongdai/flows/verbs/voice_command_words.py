"""What the verb `voice_command` says by itself, in the languages that it has words for, where the author gives none."""

WORDS = {
    "en": {
        "again": "Sorry, I did not understand.",
        "silent": "Sorry, I did not hear you.",
        "key": "For {phrase}, press {key}.",
    },
    "vi": {
        "again": "Xin lỗi, tôi chưa hiểu.",
        "silent": "Xin lỗi, tôi chưa nghe thấy.",
        "key": "{phrase}, bấm phím {key}.",
    },
    "uk": {
        "again": "Вибачте, не вдалося зрозуміти.",
        "silent": "Вибачте, вас не чути.",
        "key": "{phrase} — натисніть {key}.",
    },
}
