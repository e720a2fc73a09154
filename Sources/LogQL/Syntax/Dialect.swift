/// Which texts are queries.
///
/// Weir's extensions (docs/extensions.md) use texts that Loki refuses, so a query of Loki means the same in both.
public enum Dialect: Sendable, Hashable {
    /// Loki's language; everything else is refused in Loki's words.
    case loki
    /// Loki's language and Weir's extensions.
    case weir
}
