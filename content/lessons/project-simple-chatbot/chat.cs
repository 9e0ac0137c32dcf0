using System;
using System.Linq;

public static class Chat
{
    /// <summary>The text to continue: as many of the last turns as fit, and the beginning of the answer.</summary>
    public static string Prompt(string[][] turns, string speaker, int longest)
    {
        string text = speaker + ":";
        bool newest = true;
        foreach (string[] turn in turns.Reverse())
        {
            string longer = turn[0] + ": " + turn[1] + "\n" + text;
            if (!newest && longer.Length > longest) break;
            text = longer;
            newest = false;
        }
        return text;
    }

    /// <summary>The answer within what the model wrote: up to the end of its line.</summary>
    public static string Answer(string written) => written.Split('\n')[0].Trim();
}
