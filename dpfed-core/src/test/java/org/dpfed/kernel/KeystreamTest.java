package org.dpfed.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class KeystreamTest {
  @Test
  void next_anyBlock_isTheCipherOfItsNumber() throws GeneralSecurityException {
    byte[] key = Keys.bytes(11);
    Cipher block = Cipher.getInstance("AES/ECB/NoPadding");
    block.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));

    for (long first : new long[] {0, 1, 1L << 31, 1L << 32, Long.MAX_VALUE - 4}) {
      byte[] stream = new byte[3 * Keystream.BLOCK_BYTES];
      new Keystream(key, first).next(stream);
      ByteBuffer counters = ByteBuffer.allocate(stream.length);
      for (int i = 0; i < 3; i++) {
        counters.putLong(0).putLong(first + i);
      }
      assertThat(stream).isEqualTo(block.doFinal(counters.array()));
    }
  }

  @Test
  void next_manyBlocks_noneRepeats() {
    Keystream keystream = new Keystream(Keys.seeded(12));
    byte[] bytes = new byte[1 << 16];
    Set<Block> seen = new HashSet<>();
    int blocks = 0;
    for (int i = 0; i < 32; i++) {
      keystream.next(bytes);
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      for (; buffer.hasRemaining(); blocks++) {
        seen.add(new Block(buffer.getLong(), buffer.getLong()));
      }
    }

    assertThat(seen).hasSize(blocks);
  }

  @Test
  void toString_key_showsNoByteOfIt() {
    byte[] bytes = new byte[NoiseKey.BYTES];
    bytes[0] = 123;

    assertThat(new NoiseKey(bytes).toString()).doesNotContain("123").doesNotContain("7b");
  }

  @Test
  void take_twice_isRefused() {
    NoiseKey key = Keys.seeded(13);
    assertThat(key.take()).isEqualTo(Keys.bytes(13));

    assertThatThrownBy(key::take)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("fresh");
    assertThatThrownBy(() -> new Keystream(key)).isInstanceOf(IllegalStateException.class);
  }

  private record Block(long high, long low) {}
}
