"""What the demonstration's rights are called: invented rights of the ten industries of the policy, in both languages."""

from typing import NamedTuple


class Sample(NamedTuple):
    """One invented right. `mark` is the IPC symbol of a patent, the Nice class of a mark, the kind of work of a copyright."""

    kind: str
    type: str
    industry: str
    title: str
    title_en: str
    mark: str


PATENTS = [
    Sample(
        "patent",
        "invention",
        "materials",
        "一种硫化物固态电解质的低温制备方法",
        "Low-temperature preparation of a sulphide solid electrolyte",
        "H01M10/0562",
    ),
    Sample(
        "patent",
        "invention",
        "vehicles",
        "一种动力电池热失控的早期预警方法",
        "Early warning of thermal runaway in traction batteries",
        "H01M10/48",
    ),
    Sample(
        "patent",
        "utility",
        "vehicles",
        "一种寒区电动客车电池包保温结构",
        "Insulated battery pack for electric buses in cold regions",
        "H01M10/658",
    ),
    Sample(
        "patent",
        "invention",
        "biomedicine",
        "人参皂苷Rg3缓释微球及其制备方法",
        "Sustained-release microspheres of ginsenoside Rg3",
        "A61K9/16",
    ),
    Sample(
        "patent",
        "invention",
        "biomedicine",
        "一种重组人胰岛素的高密度发酵工艺",
        "High-density fermentation of recombinant human insulin",
        "C12N15/70",
    ),
    Sample(
        "patent",
        "invention",
        "biochemicals",
        "玉米秸秆制备聚乳酸的连续聚合方法",
        "Continuous polymerisation of polylactic acid from corn stover",
        "C08G63/08",
    ),
    Sample(
        "patent",
        "invention",
        "biochemicals",
        "一种生物基1,3-丙二醇的分离纯化方法",
        "Separation of bio-based 1,3-propanediol",
        "C07C29/80",
    ),
    Sample(
        "patent",
        "invention",
        "electronics",
        "一种OLED微显示器像素驱动电路",
        "Pixel driving circuit for OLED microdisplays",
        "G09G3/3233",
    ),
    Sample(
        "patent",
        "invention",
        "electronics",
        "激光雷达点云的在线标定方法",
        "Online calibration of lidar point clouds",
        "G01S7/497",
    ),
    Sample("patent", "design", "electronics", "智能农机终端", "Smart terminal for farm machinery", "G06F1/16"),
    Sample(
        "patent",
        "invention",
        "materials",
        "碳纤维原丝凝固浴浓度控制方法",
        "Control of the coagulation bath for carbon fibre precursor",
        "D01F9/22",
    ),
    Sample(
        "patent",
        "utility",
        "materials",
        "一种镁合金薄板的温轧装置",
        "Warm rolling mill for magnesium sheet",
        "B21B1/22",
    ),
    Sample(
        "patent", "invention", "energy", "一种风电叶片除冰方法及系统", "De-icing of wind turbine blades", "F03D80/40"
    ),
    Sample(
        "patent",
        "utility",
        "energy",
        "光伏支架的积雪自清除机构",
        "Self-clearing of snow from photovoltaic racks",
        "H02S40/10",
    ),
    Sample(
        "patent",
        "invention",
        "energy",
        "生物质气化与储能耦合的供热系统",
        "Heating by biomass gasification coupled with storage",
        "F24D18/00",
    ),
    Sample(
        "patent",
        "invention",
        "equipment",
        "高速动车组转向架的疲劳评估方法",
        "Fatigue assessment of bogies for high-speed trains",
        "G01M17/08",
    ),
    Sample(
        "patent",
        "utility",
        "equipment",
        "一种五轴加工中心的摆头锁紧结构",
        "Locking of the swivel head of a five-axis machining centre",
        "B23Q1/28",
    ),
    Sample(
        "patent",
        "invention",
        "equipment",
        "卫星遥感相机的在轨调焦方法",
        "In-orbit focusing of remote-sensing cameras",
        "G02B7/28",
    ),
    Sample(
        "patent",
        "invention",
        "environment",
        "黑土地秸秆深翻还田一体机",
        "Deep-ploughing machine returning straw to black soil",
        "A01B79/00",
    ),
    Sample(
        "patent",
        "invention",
        "environment",
        "低温污水的短程硝化脱氮方法",
        "Shortcut nitrification of cold wastewater",
        "C02F3/30",
    ),
    Sample(
        "patent",
        "utility",
        "environment",
        "一种工业余热回收换热器",
        "Heat exchanger recovering industrial waste heat",
        "F28D7/16",
    ),
    Sample(
        "patent", "utility", "tourism", "一种人造雪场的节水造雪机", "Water-saving snow gun for ski resorts", "F25C3/04"
    ),
    Sample(
        "patent",
        "invention",
        "culture",
        "古籍手写满文的识别方法",
        "Recognition of handwritten Manchu in old books",
        "G06V30/226",
    ),
    Sample(
        "patent",
        "invention",
        "vehicles",
        "燃料电池低温冷启动控制方法",
        "Cold start of fuel cells at low temperature",
        "H01M8/04223",
    ),
    Sample(
        "patent",
        "invention",
        "electronics",
        "车规级碳化硅模块的烧结封装方法",
        "Sintered packaging of automotive silicon carbide modules",
        "H01L21/603",
    ),
    Sample(
        "patent",
        "invention",
        "biomedicine",
        "梅花鹿茸多肽的酶解制备方法",
        "Enzymatic preparation of deer antler peptides",
        "A61K35/32",
    ),
    Sample("patent", "design", "equipment", "协作机器人关节臂", "Joint arm of a collaborative robot", "B25J18/00"),
    Sample(
        "patent",
        "invention",
        "materials",
        "聚酰亚胺气凝胶薄膜及制备方法",
        "Polyimide aerogel film and its preparation",
        "C08J9/28",
    ),
]
TRADEMARKS = [
    Sample("trademark", "", "culture", "长白雪", "Changbai Snow", "30"),
    Sample("trademark", "", "biomedicine", "参源堂", "Shenyuan Hall", "5"),
    Sample("trademark", "", "vehicles", "极寒电行", "Polar Drive", "12"),
    Sample("trademark", "", "tourism", "松花江畔", "Songhua Riverside", "43"),
    Sample("trademark", "", "materials", "碳谷丝", "Carbon Valley", "22"),
    Sample("trademark", "", "environment", "黑土金穗", "Black Soil Harvest", "31"),
    Sample("trademark", "", "electronics", "光微芯", "Lumicore", "9"),
    Sample("trademark", "", "energy", "风雪能", "Snowind", "7"),
    Sample("trademark", "", "equipment", "精擎", "Jingqing", "7"),
    Sample("trademark", "", "biochemicals", "玉之塑", "Cornplast", "1"),
    Sample("trademark", "", "tourism", "雾凇岛", "Rime Island", "39"),
    Sample("trademark", "", "culture", "关东影画", "Guandong Pictures", "41"),
    Sample("trademark", "", "biomedicine", "鹿鸣春", "Lumingchun", "32"),
    Sample("trademark", "", "environment", "净澜", "Jinglan", "11"),
]
COPYRIGHTS = [
    Sample("copyright", "", "electronics", "智能仓储调度系统", "Warehouse scheduling system", "software"),
    Sample(
        "copyright", "", "equipment", "数控机床刀具寿命预测软件", "Tool life prediction for machine tools", "software"
    ),
    Sample("copyright", "", "environment", "黑土墒情监测平台", "Black soil moisture monitoring platform", "software"),
    Sample("copyright", "", "energy", "风电场功率预测软件", "Wind farm power forecasting", "software"),
    Sample("copyright", "", "vehicles", "电池健康度评估软件", "Battery state-of-health assessment", "software"),
    Sample("copyright", "", "biomedicine", "临床试验数据采集系统", "Clinical trial data capture system", "software"),
    Sample("copyright", "", "culture", "长白山神话系列插画", "Illustrations of the Changbai myths", "artistic"),
    Sample("copyright", "", "culture", "冰雪乐章（交响组曲）", "Ice and Snow, orchestral suite", "musical"),
    Sample("copyright", "", "tourism", "雾凇四季摄影集", "Four seasons of rime, photographs", "photographic"),
    Sample("copyright", "", "tourism", "滑雪教学动画片", "Animated ski lessons", "audiovisual"),
    Sample("copyright", "", "materials", "碳纤维铺层设计软件", "Carbon fibre layup design software", "software"),
    Sample("copyright", "", "biochemicals", "发酵过程模拟软件", "Fermentation process simulator", "software"),
    Sample("copyright", "", "electronics", "工业视觉缺陷检测软件", "Defect detection by industrial vision", "software"),
    Sample("copyright", "", "culture", "东北二人转曲谱集", "Scores of north-eastern song and dance", "literary"),
    Sample("copyright", "", "equipment", "机器人离线编程软件", "Offline programming of robots", "software"),
]
# Interleaved, so that any stretch of the catalogue shows all three kinds.
SAMPLES = [sample for trio in zip(PATENTS[:14], TRADEMARKS, COPYRIGHTS, strict=False) for sample in trio]
SAMPLES += PATENTS[14:] + COPYRIGHTS[14:]

# The second half of an endless series for the show: "…" of sample k, improved for field j.
FIELDS = [
    ("的改进工艺", "improved process"),
    ("的在线检测方法", "online inspection"),
    ("的节能控制方法", "energy-saving control"),
    ("的模块化装置", "modular apparatus"),
    ("的远程运维方法", "remote maintenance"),
    ("的质量追溯方法", "quality tracing"),
    ("的小型化装置", "compact apparatus"),
    ("的自适应控制方法", "adaptive control"),
]
