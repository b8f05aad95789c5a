"""A folder as an editor has it: eight texts, each in another format."""

import json
from pathlib import Path

from docx import Document
from openpyxl import Workbook
from playwright.async_api import Browser

MARKDOWN = """---
title: 云岭县高山蔬菜补贴办法
number: 云政〔2026〕31号
issuer: 云岭县人民政府
published_on: 2026-03-01
---
第一条 种植高山蔬菜三亩以上的农户可以申请补贴。
第二条 高山蔬菜补贴标准为每亩每年 320 元，由乡镇农业服务中心受理。
"""
TEXT = """云岭县人民政府办公室关于发展乡村民宿的通知
云政办〔2026〕32号

各乡镇人民政府：
经营乡村民宿的，应当到县文化和旅游局办理备案，备案不收费，五个工作日内办结。
联系人王某，手机 13812345678。

云岭县人民政府办公室
2026年3月2日
"""
RECORD = {
    "title": "云岭县电动三轮车登记问答",
    "text": "电动三轮车登记到县公安局交警大队车管所，带身份证和购车发票，登记费十元。",
    "issuer": "云岭县公安局",
    "number": "云公〔2026〕33号",
    "published_on": "2026-03-03",
    "kind": "问答",
}
COLUMNS = ["标题", "正文", "发文机关", "文号", "发布日期"]
BEES = [
    "云岭县养蜂登记办法",
    "养蜂二十箱以上的，应当到县畜牧兽医服务中心登记，登记证有效期三年。",
    "云岭县农业农村局",
    "云农〔2026〕34号",
    "2026-03-04",
]
BOATS = [
    "云岭县渔船检验办法",
    "渔船每年检验一次，由县渔政站办理，检验不收费。",
    "云岭县农业农村局",
    "云农〔2026〕37号",
    "2026-03-07",
]
PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>云岭县井盖管理办法</title></head><body>
<nav><a href="/">首页</a></nav><main><h1>云岭县井盖管理办法</h1><p>云政办〔2026〕35号</p>
<p>发布机构：云岭县人民政府办公室　发布日期：2026-03-05</p>
<p>第一条 为加强井盖管理，保障行人安全，制定本办法。</p>
<p>第二条 井盖缺失的，产权单位应当在两小时内设置警示并在二十四小时内补装。</p></main></body></html>
"""
WORD = [
    "云政〔2026〕36号",
    "第一条 古树名木实行挂牌保护。",
    "第二条 擅自移植古树名木的，责令限期恢复原状，并处五千元以上罚款。",
    "云岭县人民政府",
    "2026年3月6日",
]
PRINTED = """<html lang="zh"><body><h1>云岭县烟花爆竹燃放规定</h1><p>云政〔2026〕38号</p>
<p>第一条 为保障公共安全，制定本规定。</p>
<p>第二条 县城建成区内全年禁止燃放烟花爆竹，除夕至正月初五除外。</p>
<p>2026年3月8日</p></body></html>
"""
TITLES = (
    "云岭县高山蔬菜补贴办法",
    "云岭县人民政府办公室关于发展乡村民宿的通知",
    "云岭县电动三轮车登记问答",
    "云岭县养蜂登记办法",
    "云岭县井盖管理办法",
    "云岭县古树名木保护办法",
    "云岭县渔船检验办法",
    "云岭县烟花爆竹燃放规定",
)
WITHOUT_ISSUER = "云岭县烟花爆竹燃放规定"
WITH_MOBILE = "云岭县人民政府办公室关于发展乡村民宿的通知"


async def fill(folder: Path, browser: Browser) -> None:
    """Write the eight files and one that nobody can read."""
    write(folder)
    page = await browser.new_page()
    await page.set_content(PRINTED)
    await page.pdf(path=folder / "烟花.pdf")
    await page.close()


def write(folder: Path) -> None:
    """Write all but the PDF file, which a browser prints."""
    folder.mkdir()
    (folder / "蔬菜.md").write_text(MARKDOWN, encoding="utf-8")
    (folder / "民宿.txt").write_text(TEXT, encoding="gb18030")
    (folder / "问答.jsonl").write_text(json.dumps(RECORD, ensure_ascii=False), encoding="utf-8")
    (folder / "养蜂.csv").write_text(f"{','.join(COLUMNS)}\n{','.join(BEES)}\n", encoding="utf-8-sig")
    (folder / "井盖.html").write_text(PAGE, encoding="utf-8")
    word = Document()
    word.add_heading("云岭县古树名木保护办法", 0)
    for line in WORD:
        word.add_paragraph(line)
    word.save(str(folder / "古树.docx"))
    book = Workbook()
    sheet = book.create_sheet("文件", 0)
    for row in (COLUMNS, BOATS):
        sheet.append(row)
    book.save(folder / "渔船.xlsx")
    (folder / "旧.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
