"""What the verb `look_up_article` says by itself, in the languages that it has words for, where the author gives none."""

WORDS = {
    "en": {"source": "From: {source}", "helped": "Did this help? 1: yes, 2: no.", "yes": "Yes", "no": "No"},
    "vi": {
        "source": "Theo: {source}",
        "helped": "Thông tin này có giúp được bạn không? 1: có, 2: không.",
        "yes": "Có",
        "no": "Không",
    },
    "uk": {"source": "Джерело: {source}", "helped": "Це допомогло? 1: так, 2: ні.", "yes": "Так", "no": "Ні"},
}
