package import WeirSystem

/// What makes a file the same file whatever it is called: where it lies on the disk.
///
/// Numbers of deleted files are used again, so an identity is only believed together with a ``HeadFingerprint``.
package struct FileIdentity: Hashable, Sendable {
    /// The device.
    package let device: UInt64
    /// The number on the device.
    package let inode: UInt64

    /// Creates an identity.
    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    /// Takes the identity out of a status.
    package init(_ status: FileStatus) {
        self.init(device: status.device, inode: status.inode)
    }
}

/// A hash of a file's first bytes, which tells a file from another that got its number, or its name, later.
///
/// Container logs begin with a time, so the first kilobyte differs between any two of them. While a file is shorter
/// than that, the fingerprint covers what is there and grows with it.
package struct HeadFingerprint: Hashable, Sendable {
    /// How many bytes are covered at most. More would be read again on every look; fewer would let two files that
    /// begin with the same banner pass for one.
    package static let bytesMax = 1024

    /// How many bytes are covered.
    package let length: Int
    /// The hash of them.
    package let hash: UInt64

    /// The fingerprint of nothing, which every file matches.
    package static let empty = HeadFingerprint(of: UnsafeRawBufferPointer(start: nil, count: 0))

    /// Restores a fingerprint that was saved.
    package init(length: Int, hash: UInt64) {
        self.length = length
        self.hash = hash
    }

    /// Hashes up to ``bytesMax`` bytes. The values are kept in files: on disk, never change.
    package init(of bytes: UnsafeRawBufferPointer) {
        let head = bytes.prefix(HeadFingerprint.bytesMax)
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in head { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        length = head.count
        self.hash = hash
    }

    /// Whether a file that begins with `bytes` may be the one this was taken of.
    package func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= length else { return false }
        return HeadFingerprint(of: UnsafeRawBufferPointer(rebasing: bytes[..<length])) == self
    }
}
