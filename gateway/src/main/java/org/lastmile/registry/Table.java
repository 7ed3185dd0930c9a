package org.lastmile.registry;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tables that offices keep, the headers that we write, and the headers that we understand. The
 * first name of a column is the canonical one; the code speaks of columns by it.
 */
@SuppressWarnings("ImmutableEnumChecker") // its collections are unmodifiable copies
enum Table {
  POINTS(
      "隐患点台账",
      List.of(
          Set.of("编号", "名称"),
          Set.of("灾害类型", "规模", "险情等级", "威胁户数", "威胁人数", "报警信号", "撤离路线", "安置地点", "防灾责任人", "监测责任人")),
      List.of(
          "编号,隐患点编号,统一编号,野外编号,点编号,危险区编号,防治点编号",
          "名称,隐患点名称,危险区名称,灾害点名称,点名称,隐患点,危险区,灾害体名称",
          "乡镇,镇,乡,乡镇街道,街道,所属乡镇,所在乡镇,镇街",
          "村,行政村,村社区,社区,所在村,所属村,村居,村名",
          "组,村民小组,小组,社,自然村,屯,所在组,组社",
          "行政区划代码,区划代码,行政区代码,行政区划编码,行政区划,区划编码",
          "经度,东经,经度坐标,lon,lng,longitude",
          "纬度,北纬,纬度坐标,lat,latitude",
          "坐标,经纬度,地理坐标,位置坐标",
          "坐标系,坐标系统,坐标来源,坐标类型",
          "灾害类型,灾种,类型,隐患类型,灾害种类,危险区类型",
          "规模,规模等级,灾害规模",
          "险情等级,风险等级,危险等级,危害等级,危险性等级",
          "威胁户数,受威胁户数,户数,影响户数",
          "威胁人数,受威胁人数,影响人数,危害人数,威胁人口,受威胁人口",
          "报警信号,预警信号,报警方式,预警方式,撤离信号",
          "撤离路线,转移路线,避险路线,疏散路线,撤离路径,逃生路线",
          "安置地点,避险地点,安置点,避灾点,转移地点,避难场所,安置场所,避险安置点",
          "备注,说明",
          "防灾责任人,防灾责任人姓名,责任人,防灾负责人,行政责任人,包保责任人",
          "防灾责任人电话,防灾责任人联系电话,防灾责任人手机,责任人电话,责任人联系电话,行政责任人电话",
          "监测责任人,监测责任人姓名,监测人,监测员,群测群防员,巡查员,监测预警责任人",
          "监测责任人电话,监测责任人联系电话,监测责任人手机,监测人电话,监测员电话,群测群防员电话,巡查员电话")),
  PEOPLE(
      "责任人表",
      List.of(
          Set.of("姓名"),
          Set.of("职务", "级别", "A/B角", "负责点", "备用电话", "企业微信"),
          Set.of("电话", "负责点", "级别")),
      List.of(
          "姓名,责任人,责任人姓名,人员姓名,网格员,网格员姓名",
          "职务,职位,岗位,身份",
          "级别,层级,责任级别,人员级别",
          "电话,联系电话,手机,手机号,手机号码,联系方式,电话号码",
          "备用电话,备用号码,第二电话,办公电话,备用联系电话",
          "A/B角,AB角,AB岗,A/B岗,角色,岗别",
          "负责点,负责隐患点,责任隐患点,包保隐患点,负责点编号,所负责隐患点,责任点",
          "乡镇,镇,乡,所属乡镇,所在乡镇,镇街",
          "村,行政村,村社区,社区,所在村,所属村,村居",
          "组,村民小组,小组,社,所在组,组社",
          "行政区划代码,区划代码,行政区代码,行政区划编码,行政区划",
          "微信openid,openid,微信",
          "企业微信,企业微信账号,企微,wecom",
          "更新日期,更新时间,核实日期,填报日期")),
  RESIDENTS(
      "群众花名册",
      List.of(Set.of("户主"), Set.of("电话", "所属隐患点", "重点人群", "人数", "帮扶人", "村")),
      List.of(
          "户主,户主姓名,群众姓名,群众,受威胁群众,受威胁户主",
          "电话,联系电话,手机,手机号,手机号码,联系方式,电话号码,户主电话",
          "乡镇,镇,乡,所属乡镇,镇街",
          "村,行政村,村社区,社区,所在村,所属村,村居",
          "组,村民小组,小组,社,所在组,组社",
          "行政区划代码,区划代码,行政区代码,行政区划编码,行政区划",
          "所属隐患点,隐患点,隐患点编号,所在隐患点,威胁隐患点,受威胁隐患点",
          "人数,家庭人口,人口数,家庭人数,常住人口,人口",
          "重点人群,人群类别,重点人群类别,特殊人群,人员类别,类别",
          "帮扶人,帮扶责任人,帮扶干部,联系人,帮扶人姓名",
          "帮扶人电话,帮扶责任人电话,帮扶人联系电话,联系人电话",
          "微信openid,openid,微信")),
  LOUDSPEAKERS(
      "大喇叭台账",
      List.of(Set.of("设备编号"), Set.of("覆盖隐患点", "播报方式", "型号", "名称", "村")),
      List.of(
          "设备编号,终端编号,喇叭编号,设备id,设备号,终端id,大喇叭编号",
          "名称,设备名称,大喇叭名称,终端名称,喇叭名称",
          "乡镇,镇,乡,所属乡镇,镇街",
          "村,行政村,村社区,社区,所在村,所属村,村居,安装村",
          "组,村民小组,小组,社,所在组,组社",
          "行政区划代码,区划代码,行政区代码,行政区划编码,行政区划",
          "经度,东经,lon,lng,longitude",
          "纬度,北纬,lat,latitude",
          "坐标,经纬度,地理坐标",
          "坐标系,坐标系统,坐标来源,坐标类型",
          "覆盖隐患点,覆盖点,所覆盖隐患点,覆盖隐患点编号,覆盖范围,隐患点",
          "型号,设备型号,规格型号",
          "播报方式,播放方式,播发方式")),
  AREAS(
      "行政区划表",
      List.of(Set.of("行政区划代码"), Set.of("名称")),
      List.of("行政区划代码,区划代码,行政区代码,行政区划编码,代码", "名称,区划名称,行政区名称,行政区划名称,地名"));

  private final String title;
  private final List<Set<String>> marks;
  private final List<String> columns;
  private final Map<String, String> headers;

  Table(String title, List<Set<String>> marks, List<String> synonyms) {
    this.title = title;
    this.marks = marks;
    this.columns = synonyms.stream().map(s -> s.split(",", -1)[0]).toList();
    Map<String, String> byHeader = new HashMap<>();
    for (String column : synonyms) {
      String[] names = column.split(",", -1);
      Arrays.stream(names).forEach(name -> byHeader.putIfAbsent(key(name), names[0]));
    }
    this.headers = Map.copyOf(byHeader);
  }

  /** What people call it: 隐患点台账… */
  String title() {
    return title;
  }

  /** Canonical names of all columns it understands. */
  List<String> columns() {
    return columns;
  }

  /** The canonical name of a header, or null when this table has no such column. */
  String column(String header) {
    return headers.get(key(header));
  }

  /** True when any table has such a column. */
  static boolean knowsHeader(String header) {
    return Arrays.stream(values()).anyMatch(table -> table.column(header) != null);
  }

  /** True when these canonical columns make it this table: one of each set of marks is there. */
  boolean knows(Set<String> found) {
    return marks.stream().allMatch(set -> set.stream().anyMatch(found::contains));
  }

  /** A header without width, case, spaces, stars, and what stands in brackets: 威胁财产（万元）. */
  static String key(String header) {
    return Cells.key(header).replaceAll("\\([^)]*\\)|[*:：\\s]", "");
  }
}
