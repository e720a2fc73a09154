extension ValueReader {
    /// Adds to `rows` the rows whose values fulfil a test; see ``ValueSelector`` for several tests.
    package func select(_ test: ValueTest, into rows: inout RowBitmap) throws(CorruptionError) {
        var selector = ValueSelector(self)
        try selector.select(test, into: &rows)
    }
}
