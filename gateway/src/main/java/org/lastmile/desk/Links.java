package org.lastmile.desk;

/** Where people read on and answer: absolute URLs; empty where nobody knows the house's address. */
public interface Links {

  /** The page of one warning for everybody: it reads, and takes no answer. */
  String warning(String id);

  /** The page of one warning for whoever got that delivery. */
  String warning(String id, int delivery);

  /** The page on which a WeChat account tells us its phone. */
  String binding(String openid);

  /** The same page for everybody, and none for accounts. */
  record Plain(String publicUrl) implements Links {
    @Override
    public String warning(String id) {
      return publicUrl.isEmpty() ? "" : publicUrl + "/w/" + id;
    }

    @Override
    public String warning(String id, int delivery) {
      return warning(id);
    }

    @Override
    public String binding(String openid) {
      return "";
    }
  }
}
