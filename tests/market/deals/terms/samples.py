"""Clauses as contracts write them, each with what the lint must say of it: one of the six void terms, or nothing."""

SAMPLES: list[tuple[str, set[str]]] = [
    # (1) improvements: grant-backs for nothing, bans on research
    ("被许可人对专利技术作出的改进，应当无偿归许可人所有。", {"improvements"}),
    ("被许可人应将其后续改进无偿许可许可人使用，许可人的改进不在此限。", {"improvements"}),
    ("合同期内，被许可人不得就许可技术进行研究开发。", {"improvements"}),
    ("All improvements made by the licensee shall belong to the licensor without compensation.", {"improvements"}),
    ("The licensee shall not modify or further develop the licensed technology.", {"improvements"}),
    # (2) competing technology
    ("被许可人不得使用与许可技术相竞争的技术。", {"competing"}),
    ("未经许可人同意，被许可人不得从第三方取得类似技术。", {"competing"}),
    ("The licensee shall not acquire competing technology from any source.", {"competing"}),
    # (3) quantity, variety, price, channels, export
    ("被许可人生产的产品不得出口至日本。", {"limits"}),
    ("产品年产量不得超过一万件。", {"limits"}),
    ("产品售价由许可人决定，被许可人不得自行调整。", {"limits"}),
    ("被许可人只能通过许可人指定的渠道销售产品。", {"limits"}),
    ("The licensee shall not export the products outside China.", {"limits"}),
    ("The selling price of the products shall be fixed by the licensor.", {"limits"}),
    ("The licensee agrees not to make more than 10,000 units a year.", {"limits"}),
    # (4) tying
    ("被许可人应当同时购买许可人的两项外观设计专利。", {"tying"}),
    ("本许可以购买许可人的检测服务为条件。", {"tying"}),
    ("被许可人必须聘用许可人指派的技术人员三名。", {"tying"}),
    ("The licensee must also purchase the patents in Annex 2, whether or not it needs them.", {"tying"}),
    ("The licence is conditional on hiring two engineers of the licensor.", {"tying"}),
    # (5) sources
    ("生产所需原材料只能由许可人供应。", {"sources"}),
    ("被许可人不得向其他供应商采购零部件。", {"sources"}),
    ("Components shall be bought exclusively from the licensor.", {"sources"}),
    ("The licensee shall not buy equipment from third parties.", {"sources"}),
    # (6) no challenge
    ("被许可人不得对许可专利的有效性提出异议。", {"no_challenge"}),
    ("被许可人放弃请求宣告许可专利无效宣告的权利。", {"no_challenge"}),
    ("The licensee shall not contest the validity of the licensed patents.", {"no_challenge"}),
    ("The licensee waives any right to seek invalidation or challenge of the patents.", {"no_challenge"}),
    # two at once, in two sentences
    ("产品不得出口。被许可人不得质疑专利权的有效性。", {"limits", "no_challenge"}),
    # fair clauses that speak of the same things
    ("被许可人有权对许可专利的有效性提出异议。", set()),
    ("双方对各自作出的改进另行协商，对等互惠地许可对方使用。", set()),
    ("本合同不限制被许可人研究开发其他技术。", set()),
    ("被许可人可以自由选择原材料和零部件的供应商。", set()),
    ("被许可人应当在每季度结束后三十日内申报销售数量和价格。", set()),
    ("被许可人应当在产品上标注专利号。", set()),
    ("许可人应当按期缴纳年费，维持专利权有效。", set()),
    ("被许可人不得向第三方披露技术秘密。", set()),
    ("The licensee is free to use competing technology.", set()),
    ("Each party licenses its improvements to the other on equal terms.", set()),
    ("Nothing in this agreement prevents the licensee from challenging the validity of the patents.", set()),
    ("The licensee shall keep books of account and let an auditor inspect them.", set()),
    ("The licensee shall pay within thirty days of the statement.", set()),
    ("Late payments bear interest of 6 % a year.", set()),
]
