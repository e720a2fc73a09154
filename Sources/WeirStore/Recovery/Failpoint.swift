/// The steps of sealing and recovery between which a crash must lose nothing; tests stop the store at each.
package enum Failpoint: String, CaseIterable, Sendable {
    /// The WAL is cut, nothing of the generation is written.
    case generationCut
    /// The folder of a new day exists, its catalogue does not.
    case partitionFolderCreated
    /// The catalogue of a new day exists, `weir.db` does not know the day.
    case partitionPrepared
    /// A segment is written under its temporary name, not synced.
    case segmentWritten
    /// It is synced.
    case segmentSynced
    /// It has its name, its folder is not synced.
    case segmentRenamed
    /// File and folder are synced, the catalogue does not know the segment.
    case segmentDurable
    /// The catalogue has committed one day of a generation.
    case catalogueCommitted
    /// Readers of that day see segments.
    case dayPublished
    /// All days are committed, the WAL still holds the records.
    case generationPublished
    /// The WAL is released.
    case walReleased
    /// The name of a merge's output is noted, nothing of it written.
    case mergeNoted
    /// The output is written under its temporary name, not synced.
    case mergeWritten
    /// It is synced.
    case mergeSynced
    /// It has its name, its folder is not synced.
    case mergeRenamed
    /// File and folder are synced, the catalogue lists the inputs.
    case mergeDurable
    /// The catalogue lists the output, the inputs are garbage.
    case mergeCommitted
    /// Readers see the output.
    case mergePublished
    /// The files of inputs are removed, the catalogue still has them as garbage.
    case garbageRemoved
    /// `weir.db` says that a day is being removed; readers see it.
    case dropNoted
    /// Readers see it no more, its folder is where it was.
    case dropUnpublished
    /// Its folder is in the trash.
    case dropRenamed
    /// Its folder is gone, `weir.db` says that it is being removed.
    case dropRemoved
    /// Temporary and orphaned files are removed.
    case leftoversRemoved
    /// A record of the WAL is back in the head.
    case recordReplayed
    /// Everything is in memory, the new WAL has not been opened.
    case walReplayed
}
