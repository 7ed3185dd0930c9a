package org.lastmile.routes;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jsmpp.PDUStringException;
import org.jsmpp.bean.BroadcastSm;
import org.jsmpp.bean.CancelBroadcastSm;
import org.jsmpp.bean.CancelSm;
import org.jsmpp.bean.DataSm;
import org.jsmpp.bean.InterfaceVersion;
import org.jsmpp.bean.OptionalParameter;
import org.jsmpp.bean.QueryBroadcastSm;
import org.jsmpp.bean.QuerySm;
import org.jsmpp.bean.ReplaceSm;
import org.jsmpp.bean.SubmitMulti;
import org.jsmpp.bean.SubmitSm;
import org.jsmpp.extra.ProcessRequestException;
import org.jsmpp.session.BroadcastSmResult;
import org.jsmpp.session.DataSmResult;
import org.jsmpp.session.QueryBroadcastSmResult;
import org.jsmpp.session.QuerySmResult;
import org.jsmpp.session.SMPPServerSession;
import org.jsmpp.session.SMPPServerSessionListener;
import org.jsmpp.session.ServerMessageReceiverListener;
import org.jsmpp.session.Session;
import org.jsmpp.session.SubmitMultiResult;
import org.jsmpp.session.SubmitSmResult;
import org.jsmpp.util.MessageId;

/** A carrier's SMPP centre on loopback: takes what comes, or answers what it was told to. */
final class SmppCentre implements ServerMessageReceiverListener, AutoCloseable {
  private static final int INVALID_COMMAND = 0x03;

  final List<SubmitSm> taken = new CopyOnWriteArrayList<>();

  private final int port;
  private final SMPPServerSessionListener door;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<SMPPServerSession> sessions = new CopyOnWriteArrayList<>();
  private final Queue<Integer> refusals = new ConcurrentLinkedQueue<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean mute;

  SmppCentre() throws IOException {
    // The listener does not tell which port it got, so it is given one.
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    door = new SMPPServerSessionListener(port);
    door.setMessageReceiverListener(this);
    Future<?> unused = threads.submit(this::letIn);
  }

  int port() {
    return port;
  }

  /** Answers the next submit_sm with that status; 0 = takes it. */
  SmppCentre answers(int... status) {
    for (int s : status) {
      refusals.add(s);
    }
    return this;
  }

  /** Takes from now on what comes, and never says so. */
  void goesMute() {
    mute = true;
  }

  /** The text of all parts, in the order that their headers say. */
  String text() {
    return taken.stream()
        .sorted((a, b) -> Integer.compare(place(a), place(b)))
        .map(SmppCentre::words)
        .collect(Collectors.joining());
  }

  static String words(SubmitSm part) {
    byte[] octets = part.getShortMessage();
    int header = part.isUdhi() ? 1 + octets[0] : 0;
    return new String(octets, header, octets.length - header, StandardCharsets.UTF_16BE);
  }

  private static int place(SubmitSm part) {
    return part.isUdhi() ? part.getShortMessage()[5] : 1;
  }

  private void letIn() {
    while (closed.getCount() > 0) {
      try {
        SMPPServerSession session = door.accept();
        sessions.add(session);
        session.waitForBind(5_000).accept("centre", InterfaceVersion.IF_34);
      } catch (IOException | PDUStringException | TimeoutException e) {
        // Closed, or a client that went away: the next one.
      }
    }
  }

  @Override
  public SubmitSmResult onAcceptSubmitSm(SubmitSm part, SMPPServerSession from)
      throws ProcessRequestException {
    Integer refusal = refusals.poll();
    if (refusal != null && refusal != 0) {
      throw new ProcessRequestException("as told", refusal);
    }
    taken.add(part);
    if (mute) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    try {
      return new SubmitSmResult(
          new MessageId("id-" + ids.incrementAndGet()), new OptionalParameter[0]);
    } catch (PDUStringException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ProcessRequestException notHere() {
    return new ProcessRequestException("not here", INVALID_COMMAND);
  }

  @Override
  public SubmitMultiResult onAcceptSubmitMulti(SubmitMulti pdu, SMPPServerSession from)
      throws ProcessRequestException {
    throw notHere();
  }

  @Override
  public QuerySmResult onAcceptQuerySm(QuerySm pdu, SMPPServerSession from)
      throws ProcessRequestException {
    throw notHere();
  }

  @Override
  public void onAcceptReplaceSm(ReplaceSm pdu, SMPPServerSession from)
      throws ProcessRequestException {
    throw notHere();
  }

  @Override
  public void onAcceptCancelSm(CancelSm pdu, SMPPServerSession from)
      throws ProcessRequestException {
    throw notHere();
  }

  @Override
  public BroadcastSmResult onAcceptBroadcastSm(BroadcastSm pdu, SMPPServerSession from)
      throws ProcessRequestException {
    throw notHere();
  }

  @Override
  public void onAcceptCancelBroadcastSm(CancelBroadcastSm pdu, SMPPServerSession from)
      throws ProcessRequestException {
    throw notHere();
  }

  @Override
  public QueryBroadcastSmResult onAcceptQueryBroadcastSm(
      QueryBroadcastSm pdu, SMPPServerSession from) throws ProcessRequestException {
    throw notHere();
  }

  @Override
  public DataSmResult onAcceptDataSm(DataSm pdu, Session from) throws ProcessRequestException {
    throw notHere();
  }

  /** The centre is away: connections end, and none comes up. */
  @Override
  public void close() throws IOException {
    closed.countDown();
    door.close();
    sessions.forEach(SMPPServerSession::close);
    threads.shutdownNow();
  }
}
