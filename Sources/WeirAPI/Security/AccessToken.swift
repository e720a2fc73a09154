internal import WeirBytes

/// A token as the server knows it: what it may do, and a hash by which it is recognised.
///
/// Tokens are made by ``make(random:)`` from 256 random bits, never chosen by people. That is why one round of SHA-256
/// keeps them: there is nothing to guess, and recognising one costs microseconds instead of a fifth of a second.
public struct AccessToken: Sendable, Hashable {
    /// Who it was made for; the user name of basic authentication.
    public var name: String
    /// What it may do.
    public var scopes: Set<AccessScope>
    /// Whose data it may touch; empty means everybody's.
    public var tenants: Set<String>
    /// SHA-256 of the token's text.
    let digest: [UInt8]

    /// Takes a token out of a configuration.
    ///
    /// - Parameter hash: 64 hexadecimal digits, as `weir token` prints them. Nil for anything else.
    public init?(name: String, hash: String, scopes: Set<AccessScope>, tenants: Set<String> = []) {
        let digits = hash.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 64, hash.utf8.count == 64 else { return nil }
        self.name = name
        self.scopes = scopes
        self.tenants = tenants
        digest = stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// What every token begins with, so that scanners of repositories find one that was committed.
    public static let prefix = "weir_"

    /// Makes a token's text out of 256 random bits.
    ///
    /// - Parameter random: gives 64 bits fit for keys; asked four times.
    public static func make(random: () -> UInt64) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var bytes = (0..<4).flatMap { _ in
            let word = random()
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
        }
        bytes.append(0)
        var text: [UInt8] = []
        for start in stride(from: 0, to: 33, by: 3) {
            let word = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
            text += [18, 12, 6, 0].map { alphabet[word >> $0 & 63] }
        }
        return prefix + String(decoding: text.prefix(43), as: UTF8.self)
    }

    /// The hash of a token's text, as configurations hold it.
    public static func hash(of text: String) -> String {
        SHA256.digest(Array(text.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// Whether it allows what a scope names.
    func allows(_ scope: AccessScope) -> Bool { scopes.contains(scope) || scopes.contains(.admin) }

    /// Whether `other` is this token's digest. Takes the same time wherever they differ.
    func has(digest other: [UInt8]) -> Bool {
        guard other.count == digest.count else { return false }
        var difference: UInt8 = 0
        for index in digest.indices { difference |= digest[index] ^ other[index] }
        return difference == 0
    }
}
