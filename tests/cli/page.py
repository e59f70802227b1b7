"""Whether the page of `vault audit --html` is sound HTML that refers to nothing, and says what the JSON says: page.py PAGE JSON"""
import html.parser
import json
import sys

VOID = {"meta", "br"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.bad, self.rows, self.cell = [], set(), [], [], None

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.bad += ["%s %s=%r" % (tag, k, v) for k, v in attrs if k in ("src", "href", "style", "background") or k.startswith("on")]
        self.bad += ["%s %s" % (tag, v) for _k, v in attrs if v and "://" in v]
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.cell = ""
        if tag not in VOID:
            self.open.append(tag)
        elif tag == "br" and self.cell is not None:
            self.cell += "|"

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append("</%s> closes another" % tag)
        if tag == "td":
            self.rows[-1].append(self.cell)
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data


def row(i):
    code = i["code"] + ("|" + i["nhi"] if i["nhi"] else "")
    whom = (i["vendor"] or "") + ("|" + i["to"] if i["to"] else "")
    return [code, i["label"] or i["slot"] or "", whom, i["message"], i["since"] or "", i["remedy"]]


def main(path, document):
    with open(path, encoding="utf-8", newline="") as f:
        text = f.read()
    with open(document, encoding="utf-8") as f:
        items = json.load(f)["items"]
    page = Page()
    page.feed(text)
    page.close()
    if page.open or page.bad:
        return "unsound: %s %s" % (page.open, page.bad)
    if page.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "svg"} or "url(" in text or "@import" in text:
        return "refers to something: %s" % sorted(page.tags)
    rows = [r for r in page.rows if len(r) == 6]
    for is_, i in zip(rows, items):
        if is_ != row(i):
            return "is %s, expected %s" % (is_, row(i))
    return None if len(rows) == len(items) > 0 else "%d rows for %d items" % (len(rows), len(items))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
