package org.dpfed.spark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between a server and its clients on loopback, passes on what they send, and keeps a copy.
 * Clients know an address of this machine that only the tap has; the server has 127.0.0.1, at the
 * same port.
 */
final class WireTap implements AutoCloseable {
  private static final byte[] SERVER = {127, 0, 0, 1};

  private final ServerSocket clients;
  private final List<ByteArrayOutputStream> sent = new CopyOnWriteArrayList<>();

  private WireTap(ServerSocket clients) {
    this.clients = clients;
    start(this::accept);
  }

  /**
   * A tap at a port that is free on both addresses.
   *
   * @param address that clients are told, four bytes
   * @throws IOException when this machine does not have it
   */
  static WireTap on(byte[] address) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByAddress(SERVER))) {
      return new WireTap(
          new ServerSocket(server.getLocalPort(), 50, InetAddress.getByAddress(address)));
    }
  }

  String port() {
    return Integer.toString(clients.getLocalPort());
  }

  /** What went each way of each connection. */
  List<byte[]> sent() {
    return sent.stream().map(ByteArrayOutputStream::toByteArray).toList();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = clients.accept();
      Socket server = new Socket();
      server.connect(
          new InetSocketAddress(InetAddress.getByAddress(SERVER), clients.getLocalPort()));
      start(() -> pass(client, server));
      start(() -> pass(server, client));
    }
  }

  private void pass(Socket from, Socket to) throws IOException {
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    sent.add(copy);
    byte[] some = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int count = in.read(some);
      while (count >= 0) {
        copy.write(some, 0, count);
        out.write(some, 0, count);
        count = in.read(some);
      }
    }
  }

  /** Work that ends when its sockets are closed. */
  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException closed) {
                // By the other side, or at the end of the test.
              }
            },
            "wire tap");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    clients.close();
  }
}
