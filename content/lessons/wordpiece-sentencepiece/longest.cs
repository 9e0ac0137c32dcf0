using System.Collections.Generic;

public static class WordPiece
{
    /// <summary>The pieces of <c>word</c>, or null if it cannot be written.</summary>
    public static List<(int Id, int Start, int End)> LongestFirst(string word, Dictionary<string, int> ids)
    {
        if (word.Length > 100) return null;
        var pieces = new List<(int, int, int)>();
        int start = 0;
        while (start < word.Length)
        {
            string prefix = start == 0 ? "" : "##";
            int end = word.Length;
            while (end > start && !ids.ContainsKey(prefix + word.Substring(start, end - start))) end--;
            if (end == start) return null;
            pieces.Add((ids[prefix + word.Substring(start, end - start)], start, end));
            start = end;
        }
        return pieces;
    }
}
