from console.blocks import Block, BlockKind, blocks


def test_a_text_falls_into_headings_tables_and_paragraphs() -> None:
    assert list(blocks("## 一、甲\n乙\n|a|b|\n|-|:-:|\n|c|d|\n\n|e|")) == [
        Block(BlockKind.HEADING, (("一、甲",),)),
        Block(BlockKind.TEXT, (("乙",),)),
        Block(BlockKind.TABLE, (("a", "b"), ("c", "d"))),
        Block(BlockKind.TABLE, (("e",),)),
    ]
