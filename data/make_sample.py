"""
Make the sample: half a year of orders of a shop that does not exist, a file a month.

Run `python data/make_sample.py` to write the files again beside this script: a
fixed seed gives the same bytes each time. Nobody in them exists either; the
addresses end in `example.com`, which is reserved for such use.

What there is to find, as in exports that are real:

* four days in March without an order;
* April's weights in grams, where the other months have kilograms;
* May's quantities written `2.0`, where the other months have `2`;
* no `channel` in January, and a `gift_wrap` that only June has;
* 14 orders in May that were exported twice;
* postcodes with a leading zero, many missing ratings, some undelivered orders.
"""

import csv
import io
import random
from datetime import date, timedelta
from pathlib import Path

SEED = 20240101
MONTHS = (1, 2, 3, 4, 5, 6)
OUTAGE = (date(2024, 3, 11), date(2024, 3, 14))
LAST_DELIVERY = date(2024, 6, 30)
PRODUCTS = (
    # name, category, price in EUR, weight in kg, share of the orders
    ("Kettle", "kitchen", 34.90, 1.3, 14),
    ("Chef's knife", "kitchen", 59.00, 0.4, 9),
    ("Cutting board", "kitchen", 24.50, 1.8, 11),
    ("Desk lamp", "lighting", 44.90, 1.6, 10),
    ("Floor lamp", "lighting", 129.00, 6.4, 4),
    ("Bulb, 3 pieces", "lighting", 12.90, 0.3, 18),
    ("Office chair", "furniture", 249.00, 14.5, 3),
    ("Bookshelf", "furniture", 89.00, 22.0, 4),
    ("Side table", "furniture", 54.00, 7.2, 5),
    ("Blanket", "textiles", 39.90, 1.1, 12),
    ("Cushion", "textiles", 17.90, 0.5, 10),
)
CITIES = (
    ("Dresden", "01067", "east", 14),
    ("Leipzig", "04109", "east", 16),
    ("Berlin", "10115", "east", 30),
    ("Hamburg", "20095", "north", 20),
    ("Bremen", "28195", "north", 8),
    ("Köln", "50667", "west", 18),
    ("München", "80331", "south", 22),
    ("Nürnberg", "90402", "south", 9),
)
CHANNELS = (("web", 58), ("app", 31), ("phone", 11))
FIRST = ("ada", "ben", "cleo", "dana", "emil", "fay", "gus", "hana", "ivo", "june", "kai", "lea")
LAST = ("abel", "berg", "claus", "dorn", "engel", "fink", "groth", "hahn", "iven", "jahn")
HEADER = (
    "order_id",
    "ordered_on",
    "delivered_on",
    "customer_email",
    "city",
    "postcode",
    "region",
    "channel",
    "product",
    "category",
    "quantity",
    "unit_price",
    "discount",
    "amount",
    "weight_kg",
    "rating",
    "returned",
)


def days_of(month: int) -> list[date]:
    """List the days of a month on which the shop was open."""
    day = date(2024, month, 1)
    days = []
    while day.month == month:
        if not OUTAGE[0] <= day <= OUTAGE[1]:
            days.append(day)
        day += timedelta(days=1)
    return days


def orders_on(day: date, chance: random.Random) -> int:
    """Draw how many orders come on a day: more at weekends, and more as the year goes on."""
    usual = 13 + day.month * 0.8 + (5 if day.weekday() >= 5 else 0)
    return max(4, round(chance.gauss(usual, 3)))


def order(number: int, day: date, chance: random.Random) -> dict[str, str]:
    """Draw one order."""
    name, category, price, weight, _ = chance.choices(PRODUCTS, [p[-1] for p in PRODUCTS])[0]
    city, postcode, region, _ = chance.choices(CITIES, [c[-1] for c in CITIES])[0]
    quantity = chance.choices((1, 2, 3, 4, 6, 12), (62, 20, 8, 5, 3, 2))[0]
    discount = chance.choices((0, 5, 10, 20), (78, 9, 9, 4))[0]
    delivered = day + timedelta(days=chance.choices((1, 2, 3, 4, 7, 12), (8, 30, 31, 20, 9, 2))[0])
    late = delivered > LAST_DELIVERY or chance.random() < 0.02
    rated = chance.random() < 0.34
    amount = round(quantity * price * (100 - discount) / 100, 2)
    return {
        "order_id": f"{number:06d}",
        "ordered_on": day.isoformat(),
        "delivered_on": "" if late else delivered.isoformat(),
        "customer_email": f"{chance.choice(FIRST)}.{chance.choice(LAST)}@example.com",
        "city": city,
        "postcode": postcode,
        "region": region,
        "channel": chance.choices([c[0] for c in CHANNELS], [c[1] for c in CHANNELS])[0],
        "product": name,
        "category": category,
        "quantity": str(quantity),
        "unit_price": f"{price:.2f}",
        "discount": str(discount),
        "amount": f"{amount:.2f}",
        "weight_kg": f"{quantity * weight * chance.uniform(0.97, 1.05):.2f}",
        "rating": str(chance.choices((1, 2, 3, 4, 5), (4, 6, 14, 36, 40))[0]) if rated else "",
        "returned": str(chance.random() < 0.06),
    }


def rows_of(month: int, first_number: int, chance: random.Random) -> list[dict[str, str]]:
    """Draw the orders of a month."""
    rows: list[dict[str, str]] = []
    for day in days_of(month):
        for _ in range(orders_on(day, chance)):
            rows.append(order(first_number + len(rows), day, chance))
    return rows


def as_exported(month: int, rows: list[dict[str, str]], chance: random.Random) -> list[str]:
    """Spoil a month's rows in place as its export did; return the header."""
    header = list(HEADER)
    if month == 1:
        header.remove("channel")
    if month == 4:
        for row in rows:
            row["weight_kg"] = str(round(float(row["weight_kg"]) * 1000))
    if month == 5:
        for row in rows:
            row["quantity"] += ".0"
        rows += [dict(row) for row in rows[200:214]]
    if month == 6:
        header.append("gift_wrap")
        for row in rows:
            row["gift_wrap"] = str(chance.random() < 0.12)
    return header


def main() -> None:
    """Write every month's file beside this script."""
    chance = random.Random(SEED)  # noqa: S311 (a sample, not a secret)
    number = 1
    for month in MONTHS:
        rows = rows_of(month, number, chance)
        number += len(rows)
        text = io.StringIO()
        header = as_exported(month, rows, chance)
        writer = csv.DictWriter(text, header, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        path = Path(__file__).with_name(f"orders-2024-{month:02d}.csv")
        path.write_text(text.getvalue(), encoding="utf-8", newline="\n")
        print(f"{path.name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
