namespace Aitbc.Infrastructure.Ledger;

/// <content>The mode of virtual time: everything on the caller's thread.</content>
internal sealed partial class Sequencer
{
    private void RunInline(Request request)
    {
        if (!journal.WaitForRoom())
        {
            throw DiskFull();
        }

        var group = RunGroup(request, last: false);
        try
        {
            Finish(group);
        }
        catch (IOException error)
        {
            failure = error;
            FailAll(group, error);
        }
    }

    private EntryGroup RunGroup(Request? request, bool last)
    {
        var group = free.Peek();
        group.Clear();
        writer.TickIfDue(group);
        if (request is not null)
        {
            request.Run(writer, group);
            group.Done.Add(request);
        }

        writer.CloseBlock(group, force: last);
        return group;
    }
}
