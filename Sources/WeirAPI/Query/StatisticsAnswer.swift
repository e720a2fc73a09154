internal import LogQL
internal import WeirBytes
internal import WeirModel

/// Loki's `stats` object. Every member is there, because clients read them without asking; what Weir has no counterpart
/// of is zero.
enum StatisticsAnswer {
    static func append(_ statistics: QueryStatistics, seconds: Double, to json: inout JSONWriter) {
        json.raw(#"{"summary":"#)
        summary(statistics, seconds: seconds, to: &json)
        json.raw(#","querier":{"store":"#)
        store(statistics, to: &json)
        json.raw(#","querierExecTime":0},"ingester":{"totalReached":0,"totalChunksMatched":0,"totalBatches":0,"#)
        json.raw(#""totalLinesSent":0,"store":"#)
        store(QueryStatistics(), to: &json)
        json.raw(#"},"cache":{"#)
        let caches: [StaticString] = [
            "chunk", "index", "result", "statsResult", "volumeResult", "seriesResult", "labelResult",
            "instantMetricResult",
        ]
        for (index, name) in caches.enumerated() {
            json.raw(index == 0 ? "\"" : ",\"")
            json.raw(name)
            json.raw(#"":{"entriesFound":0,"entriesRequested":0,"entriesStored":0,"bytesReceived":0,"bytesSent":0,"#)
            json.raw(#""requests":0,"downloadTime":0,"queryLengthServed":0}"#)
        }
        json.raw(#"},"index":{"totalChunks":"#)
        json.number(statistics.scan.blocksRead + statistics.scan.blocksSkipped)
        json.raw(#","postFilterChunks":"#)
        json.number(statistics.scan.blocksRead)
        json.raw(#","shardsDuration":0,"usedBloomFilters":false,"totalStreams":0,"chunkRefsLookupTime":0,"#)
        json.raw(#""bloomFilterTime":0}}"#)
    }

    private static func summary(_ statistics: QueryStatistics, seconds: Double, to json: inout JSONWriter) {
        let rate = seconds > 0 ? 1 / seconds : 0
        json.raw(#"{"bytesProcessedPerSecond":"#)
        json.number((Double(statistics.scan.lineBytesRead) * rate).rounded())
        json.raw(#","linesProcessedPerSecond":"#)
        json.number((Double(statistics.scan.linesRead) * rate).rounded())
        json.raw(#","totalBytesProcessed":"#)
        json.number(statistics.scan.lineBytesRead)
        json.raw(#","totalLinesProcessed":"#)
        json.number(statistics.scan.linesRead)
        json.raw(#","execTime":"#)
        json.number(seconds)
        json.raw(#","queueTime":0,"subqueries":0,"totalEntriesReturned":"#)
        json.number(statistics.entriesReturned)
        json.raw(#","splits":0,"shards":0,"totalPostFilterLines":"#)
        json.number(statistics.linesMatched)
        json.raw(#","totalStructuredMetadataBytesProcessed":0}"#)
    }

    private static func store(_ statistics: QueryStatistics, to json: inout JSONWriter) {
        json.raw(#"{"totalChunksRef":"#)
        json.number(statistics.scan.blocksRead + statistics.scan.blocksSkipped)
        json.raw(#","totalChunksDownloaded":"#)
        json.number(statistics.scan.blocksRead)
        json.raw(#","chunksDownloadTime":0,"queryReferencedStructuredMetadata":false,"queryUsedV2Engine":false,"#)
        json.raw(#""chunk":{"headChunkBytes":0,"headChunkLines":0,"decompressedBytes":"#)
        json.number(statistics.scan.lineBytesRead)
        json.raw(#","decompressedLines":"#)
        json.number(statistics.scan.linesRead)
        json.raw(#","compressedBytes":0,"totalDuplicates":0,"postFilterLines":"#)
        json.number(statistics.linesMatched)
        json.raw(#","headChunkStructuredMetadataBytes":0,"decompressedStructuredMetadataBytes":0},"#)
        json.raw(#""chunkRefsFetchTime":0,"congestionControlLatency":0,"pipelineWrapperFilteredLines":0,"#)
        json.raw(#""dataobj":{"prePredicateDecompressedRows":0,"prePredicateDecompressedBytes":0,"#)
        json.raw(#""prePredicateDecompressedStructuredMetadataBytes":0,"postPredicateRows":0,"#)
        json.raw(#""postPredicateDecompressedBytes":0,"postPredicateStructuredMetadataBytes":0,"postFilterRows":0,"#)
        json.raw(#""pagesScanned":0,"pagesDownloaded":0,"pagesDownloadedBytes":0,"pageBatches":0,"#)
        json.raw(#""totalRowsAvailable":0,"totalPageDownloadTime":0}}"#)
    }
}
