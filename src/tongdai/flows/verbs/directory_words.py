"""What a caller hears who looks for somebody by their name. Authors put their own before it."""

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "type": "Please key the first {count} letters of the first or last name of the person you want to reach.",
        "nobody": "There is nobody of that name.",
        "many": "There are many of that name. Please key more letters, then the hash key.",
        "choice": "For {name}, press {key}.",
        "again": "To look for somebody else, press 9.",
    },
    "vi": {
        "type": "Vui lòng bấm {count} chữ cái đầu trong họ hoặc tên của người bạn muốn gặp.",
        "nobody": "Không có ai mang tên đó.",
        "many": "Có nhiều người mang tên đó. Vui lòng bấm thêm chữ cái, rồi bấm phím thăng.",
        "choice": "Để gặp {name}, bấm {key}.",
        "again": "Để tìm người khác, bấm 9.",
    },
    "uk": {
        "type": "Наберіть перші літери імені або прізвища людини, яку шукаєте, кількість літер: {count}.",
        "nobody": "Людини з таким ім'ям немає.",
        "many": "Людей з таким ім'ям багато. Наберіть більше літер і натисніть решітку.",
        "choice": "Щоб з'єднатися з {name}, натисніть {key}.",
        "again": "Щоб шукати когось іншого, натисніть 9.",
    },
}
