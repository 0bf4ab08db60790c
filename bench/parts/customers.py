"""A tenant's customers, the same in every run: names as frequent as in Vietnam, some Ukrainian and English ones."""

import random
from uuid import UUID

from tongdai.crm.public import make_findable
from tongdai.kit.ids import new_id
from tongdai.kit.text import fold, sort_key
from tongdai.platform.database import Database, Scope

FAMILY = {
    "Nguyễn": 38, "Trần": 11, "Lê": 10, "Phạm": 7, "Huỳnh": 5, "Phan": 5, "Vũ": 4, "Đặng": 2, "Bùi": 2, "Đỗ": 2,
    "Hồ": 2, "Ngô": 2,
}  # fmt: skip
GIVEN = (
    "An", "Anh", "Bảo", "Bình", "Châu", "Chi", "Cường", "Dũng", "Duy", "Dương", "Đạt",
    "Đông", "Đức", "Giang", "Hà", "Hải", "Hạnh", "Hiếu", "Hoa", "Hòa", "Hùng", "Huy",
    "Hương", "Khánh", "Khoa", "Lan", "Linh", "Long", "Mai", "Minh", "My", "Nam", "Nga",
    "Ngọc", "Nhung", "Oanh", "Phong", "Phúc", "Phương", "Quang", "Quân", "Quỳnh", "Sơn", "Tâm",
    "Thành", "Thảo", "Thu", "Thủy", "Trang", "Trung", "Tuấn", "Tùng", "Vân", "Việt", "Yến",
)  # fmt: skip
UKRAINIAN = (
    ("Олена", "Дмитро", "Ганна", "Ґалина", "Єва", "Мар'яна"),
    ("Коваленко", "Шевченко", "Бондаренко", "Їжакевич"),
)
ENGLISH = (
    ("Grace", "John", "Olena", "Mary", "Zoë"),
    ("Miller", "O'Brien", "Smith", "Kovalenko", "Young-Hughes"),
)
TRADE = ("Thành Công", "Điện Máy", "Việt Hưng", "FPT Software", "Hòa Phát", "Sao Mai", "An Bình", "Đại Phát")
DOMAINS = ("gmail.com", "yahoo.com", "hotmail.com", "fpt.vn", "outlook.com")
AT_ONCE = 2000


class Customers:
    """So many customers; nine in ten are Vietnamese, two in three belong to a company or have an address."""

    def __init__(self, size: int) -> None:
        self.size, self._dice = size, random.Random(11)
        count = max(5, size // 20)
        self.companies = [
            (new_id(), f"{'Công ty ' if n % 3 else ''}{self._dice.choice(TRADE)} {n}") for n in range(count)
        ]

    def _name(self) -> str:
        dice = self._dice
        kind = dice.random()
        if kind < 0.9:
            family = dice.choices(list(FAMILY), list(FAMILY.values()))[0]
            middle = dice.choices(["Thị", "Văn", dice.choice(GIVEN), ""], [30, 25, 35, 10])[0]
            return " ".join(part for part in (family, middle, dice.choice(GIVEN)) if part)
        first, last = UKRAINIAN if kind < 0.95 else ENGLISH
        return f"{dice.choice(first)} {dice.choice(last)}"

    def _address(self, name: str) -> str:
        local = ".".join(fold(name).replace("'", "").split()[-2:])
        return f"{local}{self._dice.randrange(999)}@{self._dice.choice(DOMAINS)}"

    async def store(self, database: Database) -> Scope:
        """In a tenant of their own; the database's statistics are as after a vacuum."""
        tenant_id = new_id()
        scope, dice = Scope(tenant_id), self._dice
        async with database.transaction(Scope.system()) as tx:
            await tx.execute(
                "INSERT INTO tenants (id, slug, name, country, time_zone) VALUES (%(id)s, %(slug)s, 'Bench', 'VN', 'UTC')",
                {"id": tenant_id, "slug": f"bench-{tenant_id.hex[-8:]}"},
            )
        async with database.transaction(scope) as tx:
            await tx.execute(
                "INSERT INTO companies (tenant_id, id, name, name_fold, name_sort)"
                " SELECT %(tenant)s, * FROM unnest(%(ids)s::uuid[], %(names)s::text[], %(folds)s::text[], %(sorts)s::text[])",
                {
                    "ids": [one for one, _ in self.companies],
                    "names": [name for _, name in self.companies],
                    "folds": [fold(name) for _, name in self.companies],
                    "sorts": [sort_key(name) for _, name in self.companies],
                },
            )
        for start in range(0, self.size, AT_ONCE):
            count = min(AT_ONCE, self.size - start)
            ids, names = [new_id() for _ in range(count)], [self._name() for _ in range(count)]
            numbers = [(one, "phone", f"+84{dice.choice('935789')}{dice.randrange(10**8):08}") for one in ids]
            mails = [
                (one, "email", self._address(name))
                for one, name in zip(ids, names, strict=True)
                if dice.random() < 0.4
            ]
            await self._store(database, scope, ids, names, [*numbers, *mails])
        await database.look("VACUUM ANALYZE")  # as autovacuum does within a minute
        return scope

    async def _store(
        self,
        database: Database,
        scope: Scope,
        ids: list[UUID],
        names: list[str],
        identities: list[tuple[UUID, str, str]],
    ) -> None:
        dice = self._dice
        async with database.transaction(scope) as tx:
            await tx.execute(
                "INSERT INTO contacts (tenant_id, id, name, name_fold, name_sort, company_id, kind)"
                " SELECT %(tenant)s, x.*, 'customer' FROM unnest(%(ids)s::uuid[], %(names)s::text[], %(folds)s::text[],"
                " %(sorts)s::text[], %(companies)s::uuid[]) x",
                {
                    "ids": ids,
                    "names": names,
                    "folds": [fold(name) for name in names],
                    "sorts": [sort_key(name) for name in names],
                    "companies": [
                        dice.choice(self.companies)[0] if dice.random() < 0.5 else None for _ in ids
                    ],
                },
            )
            await tx.execute(
                "INSERT INTO identities (tenant_id, id, contact_id, kind, value, raw) SELECT %(tenant)s, x.*, x.value"
                " FROM unnest(%(ids)s::uuid[], %(contacts)s::uuid[], %(kinds)s::text[], %(values)s::text[])"
                " x(id, contact_id, kind, value)",
                {
                    "ids": [new_id() for _ in identities],
                    "contacts": [one[0] for one in identities],
                    "kinds": [one[1] for one in identities],
                    "values": [one[2] for one in identities],
                },
            )
            await make_findable(tx, ids)
