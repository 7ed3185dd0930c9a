package org.lastmile.dist.sample;

import java.util.List;
import org.lastmile.warning.Hazard.Family;

/** Words that a township's ledgers are made of. */
final class Words {
  /** A kind of hazard point, and which way leads out of it. */
  record Kind(String name, List<Family> families, String way) {}

  static final List<Kind> KINDS =
      List.of(
          new Kind("滑坡", List.of(Family.GEOLOGICAL), "侧面山脊路"),
          new Kind("滑坡", List.of(Family.GEOLOGICAL), "东侧机耕道"),
          new Kind("崩塌", List.of(Family.GEOLOGICAL), "下方公路背向陡崖一侧"),
          new Kind("泥石流", List.of(Family.FLOOD, Family.GEOLOGICAL), "沟口两侧高处"),
          new Kind("不稳定斜坡", List.of(Family.GEOLOGICAL), "坡脚外侧村道"),
          new Kind("山洪", List.of(Family.FLOOD), "河岸上方便道"),
          new Kind("山洪", List.of(Family.FLOOD), "漫水桥上游高处"));

  static final List<String> GROUPS = List.of("一组", "二组", "三组", "四组", "五组");

  static final List<String> SPOTS =
      List.of(
          "大湾", "老鹰岩", "杨家院子", "石板沟", "水井坎", "柏树林", "王家嘴", "磨子沟", "庙坝", "陈家坪", "鱼洞河", "响水滩", "学堂湾",
          "黄泥坡", "瓦窑坪", "竹林湾");

  static final List<String> WAYS = List.of("步行约10分钟到村道", "步行约15分钟到公路", "上行300米到晒坝", "过石拱桥后右转到主路");

  static final List<String> SHELTERS = List.of("村委会", "小学操场", "文化广场", "便民服务中心", "老年活动室");

  static final List<String> SIGNALS = List.of("敲锣", "手摇报警器", "口哨连续长声", "高音喇叭");

  static final List<String> KEY_GROUPS = List.of("特困", "低保", "脱贫户", "监测对象", "残疾人", "低收入");

  static final List<String> MODELS = List.of("YX-20", "YX-50", "GB-4G-30");

  static final List<String> SURNAMES =
      List.of(
          "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭",
          "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈",
          "曾", "彭", "吕", "苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛", "叶", "余", "潘", "冉", "覃", "向");

  static final List<String> GIVEN =
      List.of(
          "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀",
          "霞", "平", "刚", "桂", "英", "华", "玉", "兰", "红", "建", "国", "文", "志", "德", "福", "春", "秋", "梅",
          "成", "云", "忠", "义", "清", "珍", "贵", "林", "海", "波", "凤", "琴", "素", "光");

  private static final List<String> VILLAGES =
      List.of(
          "大湾村", "石河村", "双龙村", "桂花村", "白岩村", "金竹村", "龙潭村", "红星村", "水口村", "茶园村", "新民村", "太平村", "马鞍村",
          "松林村", "凉风村", "响滩村", "柏香村", "长坪村", "清溪村", "高桥村");

  private Words() {}

  /** The village with that number; names repeat with 东, 西… before them in very large samples. */
  static String village(int number) {
    String name = VILLAGES.get(number % VILLAGES.size());
    int round = number / VILLAGES.size();
    if (round == 0) {
      return name;
    }
    List<String> before = List.of("东", "西", "南", "北", "上", "下", "新", "老");
    String prefix = before.get((round - 1) % before.size());
    int more = (round - 1) / before.size();
    return prefix + (more == 0 ? "" : String.valueOf(more + 1)) + name;
  }
}
