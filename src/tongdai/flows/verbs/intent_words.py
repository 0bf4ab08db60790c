"""What the verb `intent` says by itself, in the languages that it has words for, where the author gives none."""

WORDS = {
    "en": {"again": "Sorry, I did not understand. Could you say it in other words?"},
    "vi": {"again": "Xin lỗi, tôi chưa hiểu. Bạn có thể nói cách khác được không?"},
    "uk": {"again": "Вибачте, не вдалося зрозуміти. Чи могли б ви сказати це іншими словами?"},
}
