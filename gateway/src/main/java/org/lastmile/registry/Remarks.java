package org.lastmile.registry;

import java.util.ArrayList;
import java.util.List;
import org.lastmile.registry.ImportReport.Remark;

/** Collects what an import has to say. Bounded, so that a broken file can't fill the memory. */
final class Remarks {
  private static final int MOST = 10_000;

  private final List<Remark> problems = new ArrayList<>();
  private final List<Remark> notices = new ArrayList<>();
  private int moreProblems;
  private int moreNotices;

  void problem(String sheet, int row, String column, String what, String todo) {
    if (problems.size() < MOST) {
      problems.add(new Remark(sheet, row, column, what, todo));
    } else {
      moreProblems++;
    }
  }

  void notice(String sheet, int row, String column, String what, String todo) {
    if (notices.size() < MOST) {
      notices.add(new Remark(sheet, row, column, what, todo));
    } else {
      moreNotices++;
    }
  }

  List<Remark> problems() {
    return withRest(problems, moreProblems);
  }

  List<Remark> notices() {
    return withRest(notices, moreNotices);
  }

  private static List<Remark> withRest(List<Remark> shown, int more) {
    List<Remark> all = new ArrayList<>(shown);
    if (more > 0) {
      all.add(new Remark("全部文件", 0, "", "另有 " + more + " 条同类提示未列出", "先处理已列出的，再导入一次"));
    }
    return all;
  }
}
