internal import WeirBytes

/// Finds the patterns of lines: what lines of one kind have in common, `<_>` where they differ. Pure.
///
/// Lines with equally many tokens and the same beginning are compared; a line joins the pattern that it shares most of
/// its words with, if that is enough, and the words that differ become values. The idea is drain's ("Drain: An Online Log
/// Parsing Approach with Fixed Depth Tree", He et al. 2017).
struct PatternMiner {
    /// One kind of lines.
    struct Cluster {
        /// Hashes of the tokens; 0 where lines differ.
        fileprivate(set) var hashes: [UInt64]
        /// The bytes of the tokens of the first line, one after the other, and where each ends.
        fileprivate let text: [UInt8]
        fileprivate let ends: [Int32]
        fileprivate let isCut: Bool
        /// The level of the lines.
        let level: [UInt8]
        /// How many lines per step, by the step's number.
        fileprivate(set) var counts: [Int64: Int] = [:]

        /// How many lines there are.
        var total: Int { counts.values.reduce(0, +) }
    }

    /// What lines must have in common before they are compared.
    private struct Bucket: Hashable {
        let level: UInt64
        let count: Int
        let head: UInt64
    }

    private(set) var clusters: [Cluster] = []
    private var buckets: [Bucket: [Int32]] = [:]
    private var tokens = LineTokens()

    /// The part of a line's fixed words that it must share with a pattern.
    private static let similarityMin = 0.6
    /// The most patterns that begin alike; after that, lines join the most similar.
    private static let bucketMax = 50
    /// The most patterns in all: without a bound, lines of random words would be kept one by one.
    private static let clustersMax = 5_000

    /// Adds a line.
    ///
    /// - Parameters:
    ///   - level: what `detected_level` says; lines of different levels do not mix.
    ///   - step: the number of the step that the line lies in.
    ///   - weight: how many lines it stands for.
    mutating func add(_ line: UnsafeRawBufferPointer, level: UnsafeRawBufferPointer, step: Int64, weight: Int) {
        tokens.read(line)
        let found = tokens.tokens
        guard !found.isEmpty else { return }
        let head = found.first { $0.hash > LineTokens.separatorMax }?.hash ?? 0
        let bucket = Bucket(level: ByteHash.hash(level), count: found.count, head: head)
        let index: Int
        if let known = buckets[bucket], let best = mostSimilar(known, found) {
            index = best
            join(index, found)
        } else if clusters.count < Self.clustersMax {
            index = clusters.count
            open(line, level, found)
            buckets[bucket, default: []].append(Int32(index))
        } else {
            return
        }
        clusters[index].counts[step, default: 0] += weight
    }

    private func mostSimilar(_ candidates: [Int32], _ tokens: [LineTokens.Token]) -> Int? {
        var best: Int?
        var bestShared = -1
        var bestFixed = 0
        for candidate in candidates {
            var shared = 0
            var fixed = 0
            clusters[Int(candidate)].hashes.withUnsafeBufferPointer { hashes in
                for index in 0..<tokens.count where hashes[index] != 0 && tokens[index].hash != 0 {
                    let isSame = hashes[index] == tokens[index].hash
                    if min(hashes[index], tokens[index].hash) <= LineTokens.separatorMax {
                        // Lines that are put together differently are not of one kind.
                        if !isSame { shared = .min / 2 }
                    } else {
                        fixed += 1
                        if isSame { shared += 1 }
                    }
                }
            }
            if shared > bestShared { (best, bestShared, bestFixed) = (Int(candidate), shared, fixed) }
        }
        guard let best else { return nil }
        let isSimilar = Double(bestShared) >= Self.similarityMin * Double(bestFixed)
        return isSimilar || candidates.count >= Self.bucketMax ? best : nil
    }

    private mutating func join(_ index: Int, _ tokens: [LineTokens.Token]) {
        for position in 0..<tokens.count where clusters[index].hashes[position] != tokens[position].hash {
            clusters[index].hashes[position] = 0
        }
    }

    private mutating func open(
        _ line: UnsafeRawBufferPointer, _ level: UnsafeRawBufferPointer, _ found: [LineTokens.Token]
    ) {
        let end = Int(found.last?.end ?? 0)
        clusters.append(
            Cluster(
                hashes: found.map(\.hash), text: Array(line[..<end]), ends: found.map(\.end), isCut: tokens.isCut,
                level: Array(level)))
    }

    /// Takes over what another miner found.
    mutating func merge(_ other: PatternMiner) {
        for cluster in other.clusters {
            var rebuilt: [LineTokens.Token] = []
            var start: Int32 = 0
            for (hash, end) in zip(cluster.hashes, cluster.ends) {
                rebuilt.append(LineTokens.Token(start: start, end: end, hash: hash))
                start = end
            }
            let head = rebuilt.first { $0.hash > LineTokens.separatorMax }?.hash ?? 0
            let level = cluster.level.withUnsafeBytes { ByteHash.hash($0) }
            let bucket = Bucket(level: level, count: rebuilt.count, head: head)
            if let known = buckets[bucket], let best = mostSimilar(known, rebuilt) {
                join(best, rebuilt)
                clusters[best].counts.merge(cluster.counts) { $0 + $1 }
            } else {
                buckets[bucket, default: []].append(Int32(clusters.count))
                clusters.append(cluster)
            }
        }
    }
}

extension PatternMiner.Cluster {
    /// The pattern as the line filter `|>` reads it: `<_>` for values, never two in a row.
    var pattern: [UInt8] {
        var bytes: [UInt8] = []
        var isAfterValue = false
        var start = 0
        for (hash, end) in zip(hashes, ends) {
            if hash != 0 {
                bytes += text[start..<Int(end)]
                isAfterValue = false
            } else if !isAfterValue {
                bytes += Array("<_>".utf8)
                isAfterValue = true
            }
            start = Int(end)
        }
        if isCut, !isAfterValue { bytes += Array("<_>".utf8) }
        return bytes
    }
}
