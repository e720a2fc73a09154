internal import GRDB

/// Why the rules' database could not be read or written.
public struct RuleDatabaseError: Error, Sendable, CustomStringConvertible {
    /// The path of the database.
    public let path: String
    /// SQLite's message, or ours when the contents make no sense.
    public let reason: String

    /// Creates an error.
    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// `rules database ./data/rules.db: disk I/O error`
    public var description: String { "rules database \(path): \(reason)" }

    /// Runs `body` and turns whatever GRDB throws into an error about `path`.
    static func naming<Result>(_ path: String, _ body: () throws -> Result) throws(RuleDatabaseError) -> Result {
        do {
            return try body()
        } catch let error as RuleDatabaseError {
            throw error
        } catch let error as DatabaseError {
            throw RuleDatabaseError(path: path, reason: error.message ?? "\(error.resultCode)")
        } catch {
            throw RuleDatabaseError(path: path, reason: "\(error)")
        }
    }
}
