namespace Aitbc.Infrastructure.Ledger;

/// <content>What makes a group durable, and in which order.</content>
internal sealed partial class Sequencer
{
    /// <summary>Verdicts before what they judge, entries before anybody sees them, outcomes before anybody is answered.
    /// </summary>
    private void Finish(EntryGroup group)
    {
        if (group.Judged.Count > 0)
        {
            options.Watch!.Keep(group.Judged);
        }

        journal.Write(group.Batch);
        view.Publish(group);
        if (group.Judged.Count > 0)
        {
            options.Watch!.Note(group.Judged);
        }

        if (group.BlockEnd != 0)
        {
            Volatile.Write(ref lastBlock, group.BlockEnd);
        }

        foreach (var request in group.Done)
        {
            request.Answer();
        }

        group.Clear();
    }

    /// <summary>Whether the disk has room for another group, and for what the watch keeps of it.</summary>
    private bool HasRoom() => journal.WaitForRoom() && (options.Watch is null || options.Watch.HasRoom);
}
