"""The data model as diagrams: reads the models, draws one SVG an app. script/data-model writes them to docs/."""
