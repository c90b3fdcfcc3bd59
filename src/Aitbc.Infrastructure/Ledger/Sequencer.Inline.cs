namespace Aitbc.Infrastructure.Ledger;

/// <content>The mode of virtual time: everything on the caller's thread.</content>
internal sealed partial class Sequencer
{
    private void RunInline(Request request)
    {
        EntryGroup? group = null;
        try
        {
            if (!HasRoom())
            {
                throw DiskFull();
            }

            group = RunGroup(request, last: false);
            Finish(group);
        }
        catch (Exception error) when (error is not AdmissionClosedException)
        {
            // The same host boundary as on the two threads: the writer may be ahead of the journal from here on.
            failure = error;
            request.Fail(error);
            FailAll(group, error);
        }
    }

    private void CloseInline()
    {
        try
        {
            if (failure is null)
            {
                Finish(RunGroup(null, last: true));
            }
        }
        catch (IOException error)
        {
            failure = error;
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
