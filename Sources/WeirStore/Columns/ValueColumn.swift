package import WeirBytes

/// What an encoded list of values needs beside its bytes to be read again: how it is encoded, and its stamp.
///
/// ``append(to:)`` writes it in 5 to 30 bytes; the number of values and the place of the bytes are the container's.
package struct ValueColumn: Sendable, Hashable {
    /// The ``ColumnEncoding``, or a number that this version does not know.
    package var encoding: UInt8
    /// The ``ColumnCodec`` of the parts that are compressed, or a number that this version does not know.
    package var codec: UInt8
    /// The number of values.
    package var count: Int
    /// Bytes of the encoded values.
    package var storedBytes: Int
    /// Bytes of the values themselves.
    package var plainBytes: Int
    /// What is known of the values without reading them.
    package var stamp: ValueStamp

    init(_ encoding: ColumnEncoding, codec: ColumnCodec = .none, count: Int, plainBytes: Int, stamp: ValueStamp) {
        self.encoding = encoding.rawValue
        self.codec = codec.rawValue
        self.count = count
        self.plainBytes = plainBytes
        self.stamp = stamp
        storedBytes = 0
    }

    /// Reads what ``append(to:)`` wrote for a column of `count` values; nil when `reader` ends before it does or holds
    /// sizes that no column has.
    package init?(_ reader: inout ByteReader, count: Int) {
        guard let encoding: UInt8 = reader.read(), let codec: UInt8 = reader.read(),
            let stored = reader.readVarint(), let plain = reader.readVarint(), let stamp = ValueStamp(&reader),
            stored <= UInt64(UInt32.max), plain <= UInt64(UInt32.max)
        else { return nil }
        self.encoding = encoding
        self.codec = codec
        self.count = count
        self.stamp = stamp
        storedBytes = Int(stored)
        plainBytes = Int(plain)
    }

    /// Appends everything but the number of values.
    package func append(to writer: inout ByteWriter) {
        writer.append(encoding)
        writer.append(codec)
        writer.appendVarint(UInt64(storedBytes))
        writer.appendVarint(UInt64(plainBytes))
        stamp.append(to: &writer)
    }
}
