package org.lastmile.simulators.wechat;

import java.time.Instant;

/** Something that a person wrote or touched, for the page that shows the phones. */
record Said(String text, Instant at) {}
