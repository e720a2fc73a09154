internal import WeirModel
internal import WeirStore

/// The store's statistics under the names that `/metrics` shows.
enum StoreMetrics {
    static func families(_ statistics: StoreStatistics) -> [MetricFamily] {
        func counter(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
            MetricFamily("weir_store_" + name, help, .counter, value: Double(value))
        }
        func gauge(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
            MetricFamily("weir_store_" + name, help, .gauge, value: Double(value))
        }
        return [
            counter("pushes_total", "Pushes acknowledged.", statistics.pushesAppended),
            counter("rows_total", "Rows acknowledged.", statistics.rowsAppended),
            counter("line_bytes_total", "Bytes of the lines of those rows.", statistics.lineBytesAppended),
            counter(
                "duplicates_total", "Rows left out because an equal entry was there.", statistics.duplicatesDropped),
            counter("seals_total", "Times that the head was sealed.", statistics.seals),
            counter("seal_failures_total", "Attempts to seal that failed.", statistics.sealFailures),
            counter("merges_total", "Merges of segments.", statistics.merges),
            counter("merge_failures_total", "Attempts to merge that failed.", statistics.mergeFailures),
            counter("segments_merged_total", "Segments that went into merges.", statistics.segmentsMerged),
            counter("merged_bytes_total", "Bytes of the files that merges wrote.", statistics.mergedBytesWritten),
            counter(
                "rows_deleted_total", "Rows that merges left out, past their time or deleted.", statistics.rowsDeleted),
            counter(
                "days_dropped_total", "Days removed, past their time or too much for the disk.", statistics.daysDropped),
            gauge("deletes_active", "Requests to delete whose lines are not all gone.", statistics.deletesActive),
            counter("blocks_damaged_total", "Damaged blocks left out of answers.", statistics.blocksDamaged),
            gauge("head_rows", "Rows in memory.", statistics.headRows),
            gauge("head_line_bytes", "Bytes of lines in memory, before compression.", statistics.headLineBytes),
            gauge("head_streams", "Streams with rows in memory.", statistics.headStreams),
            gauge("wal_bytes", "Bytes of the WAL that are still needed.", statistics.walBytes),
            gauge("segments", "Segment files.", statistics.segments),
            gauge("segment_bytes", "Bytes of segment files.", statistics.segmentBytes),
            gauge("segment_rows", "Rows in segment files.", statistics.segmentRows),
            gauge("segments_quarantined", "Segment files set aside as damaged.", statistics.segmentsQuarantined),
            gauge("day_folders", "Days with data.", statistics.days),
            gauge("disk_free_bytes", "Bytes free on the disk.", statistics.freeDiskBytes),
            gauge("read_only", "Whether pushes are refused, 0 or 1.", statistics.isReadOnly ? 1 : 0),
        ]
    }
}
