"""What a caller hears about being called back, in the languages that have words for values. Authors put their own before it."""

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "offer": "You need not wait: press {key}, and we call you back. You keep your place.",
        "confirm": "We will call you back on this number:",
        "key_1": "If that is right, press 1.",
        "key_2": "For another number, press 2.",
        "key_3": "To be called at another time, press 3.",
        "key_9": "If you do not want to be called, press 9.",
        "type_number": "Please type the number on which we shall call you, then the hash key.",
        "type_time": "At what time shall we call? Type four digits: two for the hour and two for the minutes.",
        "refused_number": "That is not a number that we can call.",
        "refused_premium": "We cannot call that number.",
        "refused_international": "We cannot call abroad.",
        "refused_time": "That is not a time of day.",
        "refused_hours": "We do not call at that time.",
    },
    "vi": {
        "offer": "Bạn không cần chờ máy: bấm {key}, chúng tôi sẽ gọi lại. Bạn vẫn giữ chỗ trong hàng chờ.",
        "confirm": "Chúng tôi sẽ gọi lại cho bạn theo số:",
        "key_1": "Nếu đúng, bấm 1.",
        "key_2": "Để dùng số khác, bấm 2.",
        "key_3": "Để hẹn giờ khác, bấm 3.",
        "key_9": "Nếu bạn không muốn được gọi lại, bấm 9.",
        "type_number": "Vui lòng bấm số điện thoại cần gọi lại, rồi bấm phím thăng.",
        "type_time": "Bạn muốn được gọi lúc mấy giờ? Bấm bốn chữ số: hai số giờ và hai số phút.",
        "refused_number": "Chúng tôi không thể gọi số đó.",
        "refused_premium": "Chúng tôi không gọi được số đó.",
        "refused_international": "Chúng tôi không gọi ra nước ngoài.",
        "refused_time": "Đó không phải là giờ trong ngày.",
        "refused_hours": "Chúng tôi không gọi vào giờ đó.",
    },
    "uk": {
        "offer": "Чекати не обов'язково: натисніть {key}, і ми передзвонимо. Ваше місце в черзі збережеться.",
        "confirm": "Ми передзвонимо на цей номер:",
        "key_1": "Якщо все правильно, натисніть 1.",
        "key_2": "Щоб указати інший номер, натисніть 2.",
        "key_3": "Щоб обрати інший час, натисніть 3.",
        "key_9": "Якщо передзвонювати не треба, натисніть 9.",
        "type_number": "Наберіть номер, на який передзвонити, і натисніть решітку.",
        "type_time": "О котрій годині передзвонити? Наберіть чотири цифри: дві для годин і дві для хвилин.",
        "refused_number": "На такий номер ми не можемо зателефонувати.",
        "refused_premium": "На цей номер ми не телефонуємо.",
        "refused_international": "За кордон ми не телефонуємо.",
        "refused_time": "Такого часу доби немає.",
        "refused_hours": "О цій порі ми не телефонуємо.",
    },
}


def offered(tag: str, key: str) -> tuple[str, str]:
    """The offer to be called back, and its language."""
    known = tag.split("-")[0] if tag.split("-")[0] in WORDS else "en"
    return WORDS[known]["offer"].format(key=key), known
